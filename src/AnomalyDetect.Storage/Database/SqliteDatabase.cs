using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Database;

/// <summary>
/// One database file: a single writing session under a lock, and reading sessions beside it, which WAL lets read the last committed state while a
/// transaction is being written. Every SQLite error leaves here as a <see cref="StoreException"/>.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int ReadersKept = 8;

    private readonly StoreOptions _options;
    private readonly Lock _writing = new();
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly WalCheckpoints _checkpoints;
    private SqliteSession? _writer;
    private volatile bool _disposed;

    private SqliteDatabase(StoreOptions options) => (_options, _checkpoints) = (options, new WalCheckpoints(options, _writing));

    internal static SqliteDatabase Open(StoreOptions options, TimeProvider time)
    {
        options.Check();
        options = options with { Path = Path.GetFullPath(options.Path) };
        var database = new SqliteDatabase(options);
        try
        {
            StoreFile.Create(options.Path);
            database._writer = SqliteSession.Open(options, writer: true);
            SchemaMigrations.Apply(database._writer, options.Path, time);
            return database;
        }
        catch (SqliteException e)
        {
            database.Dispose();
            throw StoreException.From(e, options.Path);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs the work as one transaction: on disk when this returns, and nothing of it written when it throws. Does not nest.</summary>
    internal T Write<T>(Func<SqliteSession, T> work)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            try
            {
                var writer = _writer ??= SqliteSession.Open(_options, writer: true);
                writer["BEGIN IMMEDIATE"].Run();
                var result = work(writer);
                writer["COMMIT"].Run();
                _checkpoints.Wrote(writer.TakePagesWritten());
                return result;
            }
            catch (Exception e)
            {
                RollBack();
                if (e is SqliteException sqlite) throw StoreException.From(sqlite, _options.Path);
                throw;
            }
        }
    }

    internal void Write(Action<SqliteSession> work) => Write(session =>
    {
        work(session);
        return true;
    });

    /// <summary>Runs the work on one unchanging state of the database, beside whoever writes.</summary>
    internal T Read<T>(Func<SqliteSession, T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SqliteSession? reader = null;
        try
        {
            if (!_readers.TryTake(out reader)) reader = SqliteSession.Open(_options, writer: false);
            reader["BEGIN"].Run();
            var result = work(reader);
            reader["COMMIT"].Run();
            if (_readers.Count < ReadersKept && !_disposed)
            {
                _readers.Add(reader);
                reader = null;
            }

            return result;
        }
        catch (SqliteException e)
        {
            throw StoreException.From(e, _options.Path);
        }
        finally
        {
            reader?.Dispose();
            if (_disposed) DropReaders();
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _disposed = true;
            _checkpoints.Dispose();
            DropReaders();
            _writer?.Dispose();
            _writer = null;
        }
    }

    /// <summary>SQLite takes some failed transactions back by itself. A session that cannot be brought back to rest is thrown away and opened anew.</summary>
    private void RollBack()
    {
        if (_writer is not { } writer) return;
        try
        {
            if (writer.InTransaction) writer["ROLLBACK"].Run();
        }
        catch (SqliteException)
        {
            // Closing the connection takes the transaction back.
            _writer = null;
            writer.Dispose();
        }
    }

    private void DropReaders()
    {
        while (_readers.TryTake(out var reader)) reader.Dispose();
    }
}
