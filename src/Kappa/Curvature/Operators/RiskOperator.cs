using Kappa.LinearAlgebra.Operators;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>A curvature matrix of the mean loss over a range of samples, [N, N], at the parameters the model had when this was made.</summary>
/// <remarks>
/// A product reads the samples batch by batch. Parameters and data are fingerprinted when the operator is made and compared with each product, by the version
/// of their memory where that tells and by their contents where it does not; a change is an error, since eigenvectors of a matrix
/// that moves are those of none. Two small products at the start check symmetry and repeatability, on the first batch; they are not counted.
/// <para>Where processes share the batches (<see cref="RiskOptions.Processes"/>) all of them make the operator and call for each product, or run the same
/// solver, which keeps a part of its basis in each.</para>
/// </remarks>
public abstract class RiskOperator : SymmetricOperator
{
    private readonly Fingerprint _parameters;
    private readonly Fingerprint[] _batches;

    private protected RiskOperator(EmpiricalRisk risk, int first, int count)
        : base((risk ?? throw new ArgumentNullException(nameof(risk))).Dimension, risk.DataType, risk.Device)
    {
        risk.RequireRange(first, count);
        (Risk, First, Count) = (risk, first, count);
        _parameters = Fingerprint.Of(risk.Leaves);
        _batches = [.. risk.Batches(first, count).Select(batch => Read(batch.First, batch.Count, (inputs, targets) => Fingerprint.Of(inputs, targets)))];
    }

    /// <summary>The risk.</summary>
    public EmpiricalRisk Risk { get; }

    /// <summary>The first sample of the mean.</summary>
    public int First { get; }

    /// <summary>Its number of samples.</summary>
    public int Count { get; }

    /// <summary>Those that share the batches (<see cref="RiskOptions.Processes"/>); a group of one where there are none.</summary>
    public sealed override IProcessGroup? Processes => Risk.Processes;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperatorException">Parameters or data have changed since the operator was made.</exception>
    protected sealed override Tensor ApplyCore(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (!_parameters.Matches(Risk.Leaves))
        {
            throw new InvalidOperatorException(
                $"{GetType().Name}: the model's parameters have changed since the operator was made. It is one fixed matrix for life: make a new one after a "
                + "step");
        }

        ParameterSum sum;
        using (TensorScope.Begin())
        {
            var parts = ParameterVectors.Split(vectors, Risk.Leaves);
            sum = BatchSums.OfParameters(
                Risk, First, Count, vectors.Shape[0], (index, first, count) => BatchProduct(first, count, parts, _batches[index]));
        }

        return sum.ToRows(Risk.Processes);
    }

    /// <summary>The product for one batch; for each parameter <c>[K, ...]</c>.</summary>
    private protected abstract IReadOnlyList<Tensor> BatchProduct(int first, int count, IReadOnlyList<Tensor> vectors);

    /// <summary>Tries the first batch.</summary>
    private protected void Check() => OperatorCheck.Run(GetType().Name, Dimension, DataType, Device, vectors =>
    {
        var result = vectors.New(vectors.Shape);
        using var scope = TensorScope.Begin();
        ParameterVectors.Join(BatchProduct(First, Math.Min(Count, Risk.BatchSize), ParameterVectors.Split(vectors, Risk.Leaves)), result);
        return result;
    });

    private IReadOnlyList<Tensor> BatchProduct(int first, int count, IReadOnlyList<Tensor> vectors, Fingerprint expected)
    {
        if (!Read(first, count, (inputs, targets) => expected.Matches(inputs, targets)))
        {
            throw new InvalidOperatorException(
                $"{GetType().Name}: samples {first} to {first + count - 1} are not what they were when the operator was made. Read the same data each time: no "
                + "shuffling, no augmentation");
        }

        return BatchProduct(first, count, vectors);
    }

    private T Read<T>(int first, int count, Func<Tensor, Tensor, T> function)
    {
        using var scope = TensorScope.Begin();
        var (inputs, targets) = Risk.Samples.Read(first, count);
        return function(inputs, targets);
    }
}
