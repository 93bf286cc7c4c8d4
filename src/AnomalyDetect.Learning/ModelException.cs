namespace AnomalyDetect.Learning;

/// <summary>A model cannot be read, or cannot be trained; the message says why and what to do.</summary>
public sealed class ModelException(string message, Exception? cause = null) : Exception(message, cause);
