// Each test has ports and services of its own.
[assembly: Parallelize(Workers = 4, Scope = ExecutionScope.MethodLevel)]
