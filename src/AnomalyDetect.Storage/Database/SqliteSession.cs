using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AnomalyDetect.Storage.Database;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    internal static SqliteSession Open(StoreOptions options, bool writer)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds),
        }.ToString());
        var session = new SqliteSession(connection);
        try
        {
            connection.Open();
            session.Execute($"PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds}; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
            // An acknowledged commit survives the loss of power: WAL alone (synchronous = NORMAL) would only survive the loss of the process.
            // What is committed is carried over into the database beside the writer (WalCheckpoints); only a log of 64 MiB makes a commit wait for that.
            session.Execute(writer
                ? """
                  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;
                  PRAGMA temp_store = MEMORY;
                  """
                : "PRAGMA query_only = ON;");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    internal bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Pages written since this was last asked.</summary>
    internal int TakePagesWritten()
    {
        raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 1);
        return written;
    }

    /// <summary>Carries what it can from the log into the database without keeping anybody waiting. Returns the pages in the log, and those of them that are carried over.</summary>
    internal (int Logged, int Carried) Checkpoint()
    {
        raw.sqlite3_wal_checkpoint_v2(_connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var logged, out var carried);
        return (logged, carried);
    }

    /// <summary>The statement of this text, prepared once a session. The texts are constants, so the cache is bounded by the code.</summary>
    internal SqliteStatement this[string sql]
    {
        get
        {
            if (_statements.TryGetValue(sql, out var statement)) return statement;
            statement = new SqliteStatement(_connection, sql);
            _statements.Add(sql, statement);
            return statement;
        }
    }

    /// <summary>Runs a script that is not worth keeping prepared.</summary>
    internal void Execute(string script)
    {
        using var statement = new SqliteStatement(_connection, script);
        statement.Run();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        _connection.Dispose();
    }
}
