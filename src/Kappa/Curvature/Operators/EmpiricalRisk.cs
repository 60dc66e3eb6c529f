using Kappa.LinearAlgebra.Operators;
using Kappa.Networks;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>The mean loss over samples, L_k(w) = (1/k) sum of l_i(w), as a function of a model's parameters, for any k up to the number of samples.</summary>
/// <remarks>
/// <para>Samples are read in batches and weighted by how many a batch holds, so memory does not depend on k. The model and the data must be the same whenever
/// they are asked: the mode is the caller's to set, and one that is left in training mode with dropout or batch statistics is found out when this is
/// made.</para>
/// <para>Parameters outside the selection stay as they are.</para>
/// </remarks>
public sealed class EmpiricalRisk
{
    /// <summary>Makes the risk and checks that its loss is finite, repeatable and a mean over samples.</summary>
    /// <param name="model">From inputs to outputs; usually in evaluation mode.</param>
    /// <param name="loss">From outputs and targets of some samples to the mean of their losses, a scalar.</param>
    /// <param name="samples">The data.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="InvalidOperatorException">The loss changes between calls, or that of two samples is not the mean of theirs.</exception>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite.</exception>
    public EmpiricalRisk(Module model, Func<Tensor, Tensor, Tensor> loss, SampleSource samples, RiskOptions? options = null)
        : this(
            (model ?? throw new ArgumentNullException(nameof(model))).Parameters(), samples, options, Smoothness.Notes(model),
            leaves => new RecordedRisk(model, loss ?? throw new ArgumentNullException(nameof(loss)), samples, leaves))
    {
    }

    /// <summary>Makes the risk of a model that somebody else runs.</summary>
    /// <param name="parameters">All parameters of the model.</param>
    /// <param name="samples">The data.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="notes">What to know of its Hessian.</param>
    /// <param name="differentiate">Makes the loss and its derivatives in the parameters that were selected.</param>
    internal EmpiricalRisk(
        IReadOnlyList<Parameter> parameters, SampleSource samples, RiskOptions? options, IReadOnlyList<string> notes,
        Func<IReadOnlyList<Tensor>, IRiskDerivatives> differentiate)
    {
        ArgumentNullException.ThrowIfNull(samples);
        options ??= new RiskOptions();
        options.Validate();
        (Samples, BatchSize, Notes) = (samples, options.BatchSize, notes);
        (Pieces, Processes) = (options.Pieces, options.Processes ?? new SoleProcess());
        Parameters = ParameterSelection.Select(parameters, options.Parameters);
        Leaves = [.. Parameters.Select(parameter => parameter.Tensor)];
        DataType = Leaves[0].DataType;
        if (Array.Find(Leaves, leaf => leaf.DataType != DataType) is { } other)
        {
            throw new ArgumentException(
                $"expected parameters of one type; {Parameters[0].Name} is {DataType} and {other.Name} is {other.DataType}", nameof(parameters));
        }

        long dimension = Leaves.Sum(leaf => (long)leaf.Count);
        Dimension = dimension <= int.MaxValue ? (int)dimension : throw new ArgumentException(
            $"{dimension} parameters exceed the {int.MaxValue} elements of a vector; select a part with RiskOptions.Parameters", nameof(parameters));
        Derivatives = differentiate(Leaves);
        CheckLoss();
    }

    /// <summary>The parameters, in the order in which they lie in a vector.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>N: the number of selected parameters.</summary>
    public int Dimension { get; }

    /// <summary>Their floating type.</summary>
    public DataType DataType { get; }

    /// <summary>Where they are.</summary>
    public Device Device => Leaves[0].Device;

    /// <summary>The data.</summary>
    public SampleSource Samples { get; }

    /// <summary>Samples of one forward pass.</summary>
    public int BatchSize { get; }

    /// <summary>What to know of the Hessian of this model: where it has activations that are not twice differentiable, what is meant there. Empty for a smooth
    /// one.</summary>
    public IReadOnlyList<string> Notes { get; }

    internal Tensor[] Leaves { get; }

    /// <summary>In how many pieces batches are added up; null for one after the other.</summary>
    internal int? Pieces { get; }

    /// <summary>Who shares the pieces.</summary>
    internal IProcessGroup Processes { get; }

    /// <summary>The loss of a batch and its derivatives.</summary>
    internal IRiskDerivatives Derivatives { get; }

    /// <summary>The mean loss over a range of samples, L. Cost: one forward pass over them.</summary>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the data.</exception>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public double Value(int first, int count, CancellationToken cancellation = default)
    {
        RequireRange(first, count);
        using var quiet = NoGradient.Begin();
        return BatchSums.OfNumbers(this, first, count, Sum) / count;

        double Sum(int start, int length)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            double value = Derivatives.Value(start, length);
            return double.IsFinite(value) ? value * length : throw new NonFiniteException(
                $"the mean loss of samples {start} to {start + length - 1} is {value}. Curvature is defined where the loss is finite: check the "
                + "checkpoint, the data, or lower sigma");
        }
    }

    /// <summary>The gradient of the mean loss over a range of samples, <c>[N]</c>. Cost: one forward and one backward pass over them.</summary>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the data.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Gradient(int first, int count, CancellationToken cancellation = default)
    {
        RequireRange(first, count);
        var total = BatchSums.OfParameters(this, first, count, null, (_, start, length) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Derivatives.Gradient(start, length).Gradient;
        });
        using var row = total.ToRows(Processes);
        return row.Alias([Dimension]);
    }

    /// <summary>The selected parameters as one vector, <c>[N]</c>: a copy.</summary>
    public Tensor ReadParameters()
    {
        var result = Leaves[0].New([1, Dimension]);
        ParameterVectors.Join([.. Leaves.Select(leaf => leaf.Alias(leaf.Shape.Prepend(1)))], result);
        using (result)
            return result.Alias([Dimension]);
    }

    /// <summary>Overwrites the selected parameters.</summary>
    /// <param name="vector"><c>[N]</c>.</param>
    public void WriteParameters(Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (vector.Shape != new Shape(Dimension) || vector.DataType != DataType)
            throw new TensorShapeException($"expected parameters [{Dimension}] {DataType}; got {vector.Shape} {vector.DataType}");
        using var row = vector.Alias([1, Dimension]);
        ParameterVectors.SplitInto(row, [.. Leaves.Select(leaf => leaf.Alias(leaf.Shape.Prepend(1)))]);
    }

    internal IEnumerable<(int First, int Count)> Batches(int first, int count)
    {
        for (int start = first; start < first + count; start += BatchSize)
            yield return (start, Math.Min(BatchSize, first + count - start));
    }

    internal void RequireRange(int first, int count)
    {
        if (first < 0 || count < 1 || first + (long)count > Samples.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                $"the mean loss over samples {first} to {first + (long)count - 1} was asked for; the data has {Samples.Count}. Use a smaller k, or more data");
        }
    }

    /// <summary>The loss must be finite, the same twice, and of two samples the mean of theirs.</summary>
    private void CheckLoss()
    {
        int count = Math.Min(2, Samples.Count);
        double together = Value(0, count);
        double again = Value(0, count);
        if (together != again)
        {
            throw new InvalidOperatorException(
                $"the loss of the first samples is {together:R} and then {again:R}: it changes between calls. Call model.Eval(), so that dropout is off, and "
                + "read the same data each time");
        }

        if (count < 2 || BatchSize < 2)
            return;
        double mean = (Value(0, 1) + Value(1, 1)) / 2;
        double tolerance = (DataType == DataType.Float32 ? 1e-4 : 1e-9) * Math.Max(1, Math.Abs(mean));
        if (Math.Abs(together - mean) > tolerance)
        {
            throw new InvalidOperatorException(
                $"the loss of two samples together is {together:R}, the mean of their own {mean:R}. Call model.Eval(), so that batch normalisation uses its "
                + "running statistics, and let the loss be a mean over samples");
        }
    }
}
