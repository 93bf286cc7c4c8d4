using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage;

/// <summary>What kept the store from doing what it was asked.</summary>
public enum StoreProblem
{
    /// <summary>None of the others; the message has SQLite's own words.</summary>
    Other,

    /// <summary>No room left. Goes away by itself once there is some.</summary>
    Full,

    /// <summary>Another process holds the database. Worth trying again.</summary>
    Busy,

    /// <summary>The file or its folder may not be written.</summary>
    ReadOnly,

    /// <summary>The file is damaged.</summary>
    Corrupt,

    /// <summary>The file cannot be opened, or is not a store of this program.</summary>
    CannotOpen,

    /// <summary>The disk failed to read or write.</summary>
    Disk,

    /// <summary>The store was written by a newer version of this program.</summary>
    NewerSchema,
}

/// <summary>The store could not do what it was asked. Nothing of the call was written; the same call may be made again. The message says what to do.</summary>
public sealed class StoreException(StoreProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreProblem Problem => problem;

    internal static StoreException From(SqliteException e, string path)
    {
        var (problem, message) = e.SqliteErrorCode switch
        {
            13 => (StoreProblem.Full, $"There is no room left to write the store '{path}': free space on its disk; nothing of this call was written, and it may be repeated."),
            5 or 6 => (StoreProblem.Busy, $"The store '{path}' is locked by another process: stop the other process, or try again; nothing of this call was written."),
            8 => (StoreProblem.ReadOnly, $"The store '{path}' cannot be written: give this account write permission for the file and its folder, or remount the disk writable."),
            11 => (StoreProblem.Corrupt, $"The store '{path}' is damaged: stop the service, keep a copy of the file with its -wal, and restore a backup (or recover it with 'sqlite3 FILE .recover')."),
            26 => (StoreProblem.CannotOpen, $"'{path}' is not a SQLite database: name another file, or restore a backup of the store."),
            14 => (StoreProblem.CannotOpen, $"The store '{path}' cannot be opened: check that the folder exists, that this account may read and write it, and that the path is no folder."),
            10 => (StoreProblem.Disk, $"The disk failed under the store '{path}': check the disk and the system's log; nothing of this call was written, and it may be repeated."),
            _ => (StoreProblem.Other, $"The store '{path}' failed; nothing of this call was written."),
        };
        return new StoreException(problem, $"{message} (SQLite {e.SqliteExtendedErrorCode}: {e.Message})", e);
    }
}
