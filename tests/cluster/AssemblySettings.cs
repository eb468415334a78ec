// Clusters under test spend most of their time waiting for something to be noticed: several fit on few processors.
[assembly: Parallelize(Workers = 4, Scope = ExecutionScope.ClassLevel)]
