using AnomalyDetect.Core;
using AnomalyDetect.Storage;

namespace AnomalyDetect.Service.Hosting;

/// <summary>Whether the store takes writes, asked by writing; at most once a second however often it is called.</summary>
internal sealed class StoreProbe(Store store, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private long? _asked;
    private string? _answer;

    public string? Check()
    {
        lock (_lock)
        {
            if (_asked is { } asked && time.GetElapsedTime(asked) < Fresh) return _answer;
            try
            {
                store.Lanes.Fix("probe", "1"); // takes the write lock and commits
                _answer = null;
            }
            catch (StoreException e)
            {
                _answer = Printable.Of(e.Message);
            }

            _asked = time.GetTimestamp();
            return _answer;
        }
    }
}
