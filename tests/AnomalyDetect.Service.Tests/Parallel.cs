// Each test has a directory, a port and a service of its own.
[assembly: Parallelize(Workers = 4, Scope = ExecutionScope.MethodLevel)]
