Console.WriteLine("marekvs");
