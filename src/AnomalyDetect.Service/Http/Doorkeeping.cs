using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>What stands between the network and the endpoints.</summary>
/// <param name="Keys">Who may call.</param>
/// <param name="Usage">Is told of every call.</param>
/// <param name="Limits">How often a key may.</param>
public sealed record Doorkeeping(IApiKeyStore Keys, KeyUsage Usage, RequestLimits Limits);
