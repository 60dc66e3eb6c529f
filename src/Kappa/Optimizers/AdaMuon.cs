using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Muon with a second moment of its orthogonal directions, for the matrices inside a network; AdamW for the rest.</summary>
/// <remarks>
/// <para>For a matrix <c>[rows, columns]</c> with the clipped gradient g and the rate eta: m = mu m + (1 - mu) g; O = Newton-Schulz(sign(m)); v = beta v +
/// (1 - beta) O^2; D = O / (sqrt(v) + epsilon); W = (1 - eta lambda) W - eta 0.2 sqrt(rows columns) D / |D|_F. So the root mean square of an update is 0.2 eta,
/// about that of AdamW, whose learning rates and schedules can be used. Because of that last division, v needs no correction for its start at zero.
/// A parameter with more than two axes counts as a matrix <c>[out, rest]</c>.</para>
/// <para>The second moment is one of orthogonalised directions, which have no scale of the gradient's: it stays where the model is rescaled.</para>
/// <para>Source: Si, Zhang and Shen (2025), AdaMuon, arXiv 2507.11005, version 3, algorithm 1. There m = mu m + g, which has the same sign. State: two numbers
/// for each parameter. Cost: that of <see cref="Muon"/> and one pass over memory more.</para>
/// </remarks>
public sealed class AdaMuon : OrthogonalOptimizer
{
    private readonly Tensor[] _secondMoment;

    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>, in the order of the model: the first and the last matrix are found by
    /// it.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaMuon(IReadOnlyList<Parameter> parameters, double learningRate = 1e-3, AdaMuonOptions? options = null)
        : this([new ParameterGroup(parameters)], learningRate, options)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaMuon(IReadOnlyList<ParameterGroup> groups, double learningRate = 1e-3, AdaMuonOptions? options = null)
        : base(groups, learningRate, options ??= new AdaMuonOptions())
    {
        Options = options;
        var type = OptionChecks.Narrowest(Parameters);
        // Directions of rounding error, whose squares vanish, would be divided by epsilon alone.
        _ = OptionChecks.Epsilon(Options.Epsilon, "AdaMuonOptions.Epsilon", type, type == DataType.Float32 ? 5.9e-11 : 1e-136);
        _secondMoment = [.. MatrixIndices.Select(index => Slots.ZerosLike(Parameters[index]))];
    }

    /// <summary>The settings.</summary>
    public AdaMuonOptions Options { get; }

    /// <inheritdoc/>
    protected internal override void ResetUnitsCore(UnitReset reset)
    {
        ArgumentNullException.ThrowIfNull(reset);
        base.ResetUnitsCore(reset);
        for (int i = 0; i < _secondMoment.Length; i++)
            reset.Clear(Parameters[MatrixIndices[i]], _secondMoment[i]);
    }

    /// <inheritdoc/>
    private protected override void AddMatrixTo(OptimizerState state, string name, int matrix) =>
        state.Tensors.Add($"{name}.second_moment", _secondMoment[matrix]);

    /// <inheritdoc/>
    private protected override Tensor Orthogonalize(Tensor direction, int matrix, out double scale)
    {
        var backend = direction.Backend;
        backend.Sign(direction);
        direction = NewtonSchulz.Orthogonalize(direction, Options.NewtonSchulzSteps, Options.Orthogonalization);
        backend.DivideByRootMeanSquare(direction, _secondMoment[matrix], Options.Beta2, Options.Epsilon);
        double norm = backend.Norm(direction);
        // A gradient that has been zero all along has no direction.
        scale = norm == 0 ? 0 : 0.2 * Math.Sqrt((double)direction.Shape[0] * direction.Shape[1]) / norm;
        return direction;
    }
}
