namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>Takes down, in order, what a cell prints, displays and comes to.</summary>
internal sealed class CellRecorder : IDisposable
{
    private static readonly AsyncLocal<CellRecorder?> Running = new();
    private readonly List<CellOutput> _outputs = [];
    private readonly StringWriter _printed = new() { NewLine = "\n" };
    private readonly TextWriter _console = Console.Out;

    public CellRecorder()
    {
        Running.Value = this;
        Console.SetOut(_printed);
    }

    public static CellRecorder Current => Running.Value ?? throw new InvalidOperationException("Nothing can be displayed outside of a cell.");

    public void Display(string mime, string value)
    {
        Flush();
        _outputs.Add(new CellOutput(CellOutput.Displayed, mime, value));
    }

    /// <param name="value">Of the cell's last expression; null where it ends with a statement.</param>
    public IReadOnlyList<CellOutput> End(object? value)
    {
        Flush();
        if (value is not null) _outputs.Add(new CellOutput(CellOutput.Result, CellOutput.Plain, TextDisplay.TextOf(value)));
        return _outputs;
    }

    public void Dispose()
    {
        Console.SetOut(_console);
        Running.Value = null;
    }

    private void Flush()
    {
        if (_printed.GetStringBuilder() is not { Length: > 0 } text) return;
        _outputs.Add(new CellOutput(CellOutput.Stream, CellOutput.Plain, text.ToString()));
        text.Clear();
    }
}
