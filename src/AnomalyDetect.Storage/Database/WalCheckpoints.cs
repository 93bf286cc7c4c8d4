using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Database;

/// <summary>
/// Carries committed pages from the write-ahead log into the database on a connection of its own. Done within a commit, as SQLite does by itself, each thousandth page made some
/// commit wait for two more syncs and a thousand scattered writes; here nobody waits for more than the rest that came meanwhile, and that only where the log is long: it begins anew
/// only once all of it is carried over. Nothing of this changes what is durable: a commit is on disk in the log.
/// </summary>
/// <param name="writing">Held by whoever writes.</param>
internal sealed class WalCheckpoints(StoreOptions options, Lock writing) : IDisposable
{
    /// <summary>As many as SQLite lets gather by default.</summary>
    private const int Pages = 1000;

    /// <summary>16 MiB: a log to be ended while writers wait, once little of it is left to carry over.</summary>
    private const int Long = 4096;

    private readonly Lock _turn = new();
    private SqliteSession? _session;
    private int _running;
    private int _pages;
    private bool _disposed;

    /// <summary>After each commit, by the writer.</summary>
    internal void Wrote(int pages)
    {
        Interlocked.Add(ref _pages, pages);
        StartIfDue();
    }

    public void Dispose()
    {
        lock (_turn)
        {
            _disposed = true;
            _session?.Dispose();
            _session = null;
        }
    }

    private void StartIfDue()
    {
        if (Volatile.Read(ref _pages) >= Pages && Interlocked.CompareExchange(ref _running, 1, 0) == 0) Task.Run(Run);
    }

    private void Run()
    {
        Interlocked.Exchange(ref _pages, 0);
        var (logged, carried) = Checkpoint();
        if (logged > Long && carried < logged && logged - carried <= Pages)
        {
            // In the order in which whoever closes the database takes the locks.
            lock (writing) Checkpoint();
        }

        Volatile.Write(ref _running, 0);
        StartIfDue(); // what was written meanwhile
    }

    private (int Logged, int Carried) Checkpoint()
    {
        lock (_turn)
        {
            if (_disposed) return default;
            try
            {
                return (_session ??= SqliteSession.Open(options, writer: true)).Checkpoint();
            }
            catch (SqliteException)
            {
                // No room, say: the log keeps everything, and the next thousand pages bring the next try.
                _session?.Dispose();
                _session = null;
                return default;
            }
        }
    }
}
