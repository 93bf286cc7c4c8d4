using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>What an operator may do from the command line: through a running service's API, or on its store while no service runs.</summary>
internal interface IOperations : IDisposable
{
    Task<KeyList> KeysAsync();

    Task<KeyAnswer> AddKeyAsync(KeyRequest request);

    Task RevokeKeyAsync(string id);

    Task<DeliveryList> DeliveriesAsync(DeliveryState? state, long after, int limit);

    Task<int> ReplayDeliveriesAsync(DeliveryReplayRequest request);
}
