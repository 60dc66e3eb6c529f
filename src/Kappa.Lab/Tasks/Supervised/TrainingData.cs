namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Training and validation examples of a run, and how a model is judged on them. The loss is the cross-entropy of classes: tokens, or kinds of
/// picture.</summary>
public abstract class TrainingData
{
    private protected TrainingData(DataSet training, DataSet validation) => (Training, Validation) = (training, validation);

    /// <summary>What is trained on.</summary>
    public DataSet Training { get; }

    /// <summary>What is only measured on.</summary>
    public DataSet Validation { get; }

    /// <summary>The number of classes: tokens of the vocabulary, or kinds of picture.</summary>
    public abstract int OutputSize { get; }

    /// <summary><c>bits per character</c> or <c>accuracy</c>.</summary>
    public abstract string MetricName { get; }

    /// <summary>Whether a larger metric is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>What an example consists of: <c>tokens</c> or <c>pictures</c>.</summary>
    public abstract string UnitName { get; }

    /// <summary>How many of them.</summary>
    public abstract int UnitsPerExample { get; }

    /// <summary>Examples that make one pass over the training data.</summary>
    public abstract double ExamplesPerEpoch { get; }

    /// <summary>The SHA-256 of all examples.</summary>
    public virtual string Fingerprint => DataFingerprint.Of(Training, Validation);

    /// <summary>What turns text into tokens; null where the data is no text.</summary>
    public virtual Tokenizer? Tokenizer => null;

    /// <summary>Examples of one batch of an evaluation.</summary>
    private protected abstract int EvaluationBatch { get; }

    /// <summary>The mean cross-entropy on a batch: a scalar, recorded for differentiation.</summary>
    /// <param name="model">From inputs to the logits of the classes.</param>
    /// <param name="batch">The examples.</param>
    public Tensor Loss(Module model, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Loss(model, batch, out _);
    }

    /// <summary>Measures a model, in evaluation mode.</summary>
    /// <param name="model">The model; it is in training mode afterwards.</param>
    /// <param name="examples">How many validation examples, spread evenly; 0 for all.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite.</exception>
    public Evaluation Evaluate(Module model, int examples, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        using var quiet = NoGradient.Begin();
        model.Eval();
        double lossSum = 0;
        long rows = 0, right = 0;
        try
        {
            foreach (var batch in Some(examples).BatchesInOrder(EvaluationBatch))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = TensorScope.Begin();
                double loss = Loss(model, batch, out var logits).ToDouble();
                lossSum += loss * batch.Targets.Count;
                rows += batch.Targets.Count;
                right += Classification.CountRight(logits, batch.Targets);
            }
        }
        finally
        {
            model.Train();
        }
        double mean = lossSum / rows;
        return double.IsFinite(mean)
            ? new Evaluation(mean, Metric(mean, right / (double)rows))
            : throw new NonFiniteException($"the validation loss is {mean}");
    }

    /// <summary>Inputs at which a model is diagnosed: the first validation examples.</summary>
    internal Tensor DiagnosticInputs(int most)
    {
        int count = Math.Min(Math.Min(most, EvaluationBatch), Validation.Count);
        foreach (var batch in new DataSubset(Validation, Enumerable.Range(0, count)).BatchesInOrder(count))
            return batch.Inputs.Clone();
        throw new InvalidOperationException("there are no validation examples");
    }

    private protected abstract double Metric(double loss, double accuracy);

    private Tensor Loss(Module model, Batch batch, out Tensor logits)
    {
        int rows = batch.Targets.Count;
        logits = model.Forward(batch.Inputs).Reshape([rows, OutputSize]);
        return Networks.Loss.CrossEntropy(logits, batch.Targets.Reshape([rows]));
    }

    private DataSet Some(int examples) => examples == 0 || examples >= Validation.Count
        ? Validation
        : new DataSubset(Validation, Enumerable.Range(0, examples).Select(i => (int)((long)i * Validation.Count / examples)));
}
