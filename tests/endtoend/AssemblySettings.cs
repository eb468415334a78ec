// Every test here starts processes and loads the machine; side by side they would measure each other.
[assembly: DoNotParallelize]
