namespace Kappa.Lab.Studies.Predict;

/// <summary>What a prediction came to: how many, and how right they are where the file says what is true.</summary>
public sealed class PredictionTally
{
    private readonly RootMeanSquaredError _error = new();
    private long _right;
    private bool _isNumbers;

    /// <summary>Rows or pictures that were predicted.</summary>
    public long Count { get; internal set; }

    /// <summary>Pictures that were left out, because they cannot be decoded.</summary>
    public long Skipped { get; internal set; }

    /// <summary>Of those that were predicted, how many the file says the truth of.</summary>
    public long Measured { get; private set; }

    /// <summary>Of those that were measured, how many have a class that the model does not know; they count as wrong.</summary>
    public long Unknown { get; private set; }

    /// <summary><c>accuracy</c>, or of numbers <c>root mean squared error</c>.</summary>
    public string MetricName => _isNumbers ? _error.Name : "accuracy";

    /// <summary>Its value over <see cref="Measured"/>, of numbers in the unit of the column; null where nothing was measured.</summary>
    public double? Metric => Measured == 0 ? null : _isNumbers ? _error.Value : (double)_right / Measured;

    internal void AddClass(string predicted, string actual, bool isKnown)
    {
        Measured++;
        _right += predicted == actual ? 1 : 0;
        Unknown += isKnown ? 0 : 1;
    }

    internal void AddNumbers(double[] predicted, double[] actual)
    {
        _isNumbers = true;
        if (actual.Length == 0)
            return;
        using Tensor outputs = Tensor.From(predicted, [predicted.Length]), targets = Tensor.From(actual, [actual.Length]);
        _error.Add(outputs, targets);
        Measured += actual.Length;
    }
}
