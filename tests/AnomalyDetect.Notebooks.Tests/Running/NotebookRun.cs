namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>Runs a notebook as its reader would: in its own directory, from top to bottom.</summary>
internal static class NotebookRun
{
    /// <param name="writes">Give each cell the outputs it has, in place of holding them against those it is kept with.</param>
    /// <returns>What differs, a cell each.</returns>
    /// <exception cref="CellException">A cell cannot be run; those behind it were not.</exception>
    public static async Task<IReadOnlyList<string>> OfAsync(Notebook notebook, bool writes, CancellationToken cancellation)
    {
        var problems = new List<string>();
        using var session = new NotebookSession();
        foreach (var cell in notebook.CodeCells)
        {
            var outputs = await session.RunAsync(cell, cancellation);
            if (outputs.Where(o => o.IsImage).Select(OutputComparison.Fault).FirstOrDefault(f => f is not null) is { } fault) problems.Add($"Code cell {cell.Number}: {fault}");
            else if (writes) cell.Replace(outputs);
            else if (OutputComparison.Difference(cell.Outputs, outputs) is { } difference) problems.Add($"Code cell {cell.Number}: {difference}");
        }

        return problems;
    }
}
