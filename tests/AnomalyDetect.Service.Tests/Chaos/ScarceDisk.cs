using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>
/// A directory whose disk can be filled. Where the machine allows it a file system of its own (tmpfs), filled to its last byte by a file; else a limit on what the
/// service's process may write, which refuses it in another word.
/// </summary>
internal sealed class ScarceDisk : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly bool _mounted;
    private bool _full;
    private int? _process;

    public ScarceDisk(int mebibytes) => _mounted = Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=0700", "none", _directory.Path);

    public string Path => _directory.Path;

    public string Kind => _mounted ? "a file system filled up" : "a limit on file sizes";

    public bool IsFull => _full;

    private string Ballast => _directory["ballast"];

    /// <summary>The process that writes from now on.</summary>
    public void Holds(int process)
    {
        _process = process;
        if (_full) Fill();
    }

    /// <summary>No byte more. To be called again while it lasts: what the service deletes makes room.</summary>
    public void Fill()
    {
        _full = true;
        if (!_mounted) Limit("1");
        else if (new DriveInfo(Path).AvailableFreeSpace is > 0 and var free) Grow(free);
    }

    public void Free()
    {
        _full = false;
        if (_mounted) File.Delete(Ballast);
        else Limit("unlimited");
    }

    public void Dispose()
    {
        if (_mounted) Run("umount", "--lazy", Path);
        _directory.Dispose();
    }

    private void Grow(long free)
    {
        var size = File.Exists(Ballast) ? new FileInfo(Ballast).Length : 0;
        // Somebody may have taken a piece of it meanwhile: whole pages at a time until there are none.
        for (var more = free; more >= 4096; more /= 2)
            if (Run("fallocate", "--offset", Text(size), "--length", Text(more), Ballast)) size += more;
    }

    private void Limit(string most)
    {
        if (_process is { } id) Run("prlimit", $"--pid={id}", $"--fsize={most}:unlimited");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
