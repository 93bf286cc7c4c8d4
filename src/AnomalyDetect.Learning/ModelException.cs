namespace AnomalyDetect.Learning;

/// <summary>A model cannot be read, or cannot be trained; the message says why and what to do.</summary>
public class ModelException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>There is not enough to learn from; the message says what is missing.</summary>
public sealed class TooLittleException(string message) : ModelException(message);
