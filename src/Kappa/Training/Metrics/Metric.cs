using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>A figure of how well a model does, over examples that come batch by batch. How they are cut into batches does not change a bit of it.</summary>
/// <remarks>
/// <code>var accuracy = new Accuracy();
/// foreach (var (x, y) in validation) accuracy.Add(model.Forward(x), y);
/// Console.WriteLine(accuracy.Value);</code>
/// Not safe for several threads at once.
/// </remarks>
public abstract class Metric
{
    /// <summary>What the figure is called, in lower case, such as <c>accuracy</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a larger figure is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>What its targets are, so that a trainer finds a metric that does not fit the loss.</summary>
    public virtual TargetKind Targets => TargetKind.Any;

    /// <summary>Examples so far; of texts and pictures with a label at each place, the places.</summary>
    public long Count { get; private set; }

    /// <summary>Why there is no figure yet, such as <c>no example was added</c>; null where there is one.</summary>
    public string? Undefined => Count == 0 ? "no example was added" : WhyUndefined;

    /// <summary>The figure over all examples so far.</summary>
    /// <exception cref="InvalidOperationException">There is none, for the reason that <see cref="Undefined"/> gives.</exception>
    public double Value => Undefined is { } reason ? throw new InvalidOperationException($"{Name} is undefined: {reason}") : Compute();

    /// <summary>Adds a batch.</summary>
    /// <param name="outputs">What the model gave, before any softmax or sigmoid; float32 or float64.</param>
    /// <param name="targets">What was right.</param>
    /// <exception cref="TensorShapeException">The shapes do not fit each other or the metric; nothing was added.</exception>
    /// <exception cref="ArgumentException">The types do not fit, or a label is none; nothing was added.</exception>
    /// <exception cref="NonFiniteException">An output or target is NaN or infinite; the message names its place; nothing was added.</exception>
    public void Add(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        Count += AddBatch(outputs, targets);
    }

    /// <summary>Forgets all examples.</summary>
    public void Reset()
    {
        Count = 0;
        Clear();
    }

    /// <summary>The name and the figure.</summary>
    public sealed override string ToString() => Undefined is { } reason ? $"{Name}: undefined, {reason}" : FormattableString.Invariant($"{Name}: {Value:G6}");

    /// <summary>Why there is no figure although there are examples; null where there is one.</summary>
    protected virtual string? WhyUndefined => null;

    /// <summary>Checks a batch whole, then adds it.</summary>
    /// <param name="outputs">What the model gave.</param>
    /// <param name="targets">What was right.</param>
    /// <returns>The number of examples.</returns>
    protected abstract long AddBatch(Tensor outputs, Tensor targets);

    /// <summary>The figure; asked only where it is defined.</summary>
    protected abstract double Compute();

    /// <summary>Forgets what was added.</summary>
    protected abstract void Clear();
}
