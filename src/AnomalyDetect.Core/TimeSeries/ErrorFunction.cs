namespace AnomalyDetect.Core.TimeSeries;

/// <summary>How far an observed value stands from the predicted one. A proportion of a prediction of 0 is 0.</summary>
public enum ErrorFunction : byte
{
    SignedDifference, AbsoluteDifference, SignedProportion, AbsoluteProportion, SquaredDifference,
}

internal static class ErrorFunctions
{
    public static double Between(this ErrorFunction function, double actual, double predicted)
    {
        var difference = actual - predicted;
        return function switch
        {
            ErrorFunction.SignedDifference => difference,
            ErrorFunction.AbsoluteDifference => Math.Abs(difference),
            ErrorFunction.SquaredDifference => difference * difference,
            _ when predicted == 0 => 0,
            ErrorFunction.SignedProportion => difference / predicted,
            _ => Math.Abs(difference / predicted),
        };
    }
}
