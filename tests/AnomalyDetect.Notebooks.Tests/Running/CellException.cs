namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>A cell cannot be run; the message has its number and its source.</summary>
internal sealed class CellException(CodeCell cell, string problem, Exception? inner = null)
    : Exception($"Code cell {cell.Number}: {problem}{Environment.NewLine}{Environment.NewLine}{cell.Source}", inner);
