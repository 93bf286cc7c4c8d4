// Each test trains a model of its own.
[assembly: Parallelize(Workers = 4, Scope = ExecutionScope.MethodLevel)]
