using System.Globalization;
using System.Reflection;

namespace AnomalyDetect.Storage.Database;

/// <summary>
/// Brings a store to the schema of this program by the numbered scripts in <c>Schema/</c>, each in a transaction of its own. A script that was released is
/// never changed again: what comes later is a new script.
/// </summary>
internal static class SchemaMigrations
{
    /// <summary>"ANMD": marks the file as a store of this program (SQLite's application id).</summary>
    private const int ApplicationId = 0x414E4D44;

    internal static int Newest { get; } = Scripts().Max(s => s.Version);

    internal static void Apply(SqliteSession writer, string path, TimeProvider time)
    {
        Claim(writer, path);
        foreach (var (version, script) in Scripts().OrderBy(s => s.Version))
        {
            // The version is read inside the transaction: two processes may open a new store at once.
            writer.Execute("BEGIN IMMEDIATE");
            try
            {
                var current = Current(writer);
                if (current > Newest)
                {
                    throw new StoreException(
                        StoreProblem.NewerSchema,
                        $"The store '{path}' has schema version {current}, but this program knows versions up to {Newest}: run the newer program, or name another store.");
                }

                // Each by itself and not by the newest: a script may be added below the newest one that some store has already.
                if (writer["SELECT 1 FROM schema_version WHERE version = $1"].Number(version) is null)
                {
                    writer.Execute(script);
                    writer["INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)"].Run(version, time.GetUtcNow().UtcTicks);
                }

                writer.Execute("COMMIT");
            }
            catch
            {
                if (writer.InTransaction) writer.Execute("ROLLBACK");
                throw;
            }
        }
    }

    private static void Claim(SqliteSession writer, string path)
    {
        // In this order: another process may be claiming it, which makes table and mark visible at once, so tables seen before a mark that is not there are somebody else's.
        var tables = writer["SELECT count(*) FROM sqlite_schema"].Number();
        if (writer["PRAGMA application_id"].Number() == ApplicationId) return;
        if (tables > 0)
        {
            throw new StoreException(
                StoreProblem.CannotOpen, $"'{path}' is a SQLite database of another program: name another file for the store.");
        }

        writer.Execute(string.Create(CultureInfo.InvariantCulture, $"""
            BEGIN IMMEDIATE;
            PRAGMA application_id = {ApplicationId};
            CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT;
            COMMIT;
            """));
    }

    private static long Current(SqliteSession writer) => writer["SELECT max(version) FROM schema_version"].Number() ?? 0;

    private static IEnumerable<(int Version, string Script)> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("schema/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (int.Parse(name.AsSpan("schema/".Length, 4), CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }
}
