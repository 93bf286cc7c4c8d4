using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Database;

/// <summary>A statement prepared once and run many times. Its parameters are <c>$1</c>, <c>$2</c>, … in the order their values are given.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    internal SqliteStatement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
    }

    /// <summary>Returns how many rows were changed.</summary>
    internal int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    internal List<T> List<T>(Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var reader = Rows(values);
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    /// <summary>The first row, or null when there is none.</summary>
    internal T? First<T>(Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values) where T : class
    {
        using var reader = Rows(values);
        return reader.Read() ? row(reader) : null;
    }

    /// <summary>The first column of the first row; null when there is no row or it is NULL.</summary>
    internal long? Number(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteScalar() is long number ? number : null;
    }

    internal SqliteDataReader Rows(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        var parameters = _command.Parameters;
        while (parameters.Count < values.Length) parameters.Add(new SqliteParameter { ParameterName = $"${parameters.Count + 1}" });
        for (var i = 0; i < values.Length; i++) parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
