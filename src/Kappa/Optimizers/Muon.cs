using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Momentum whose update is orthogonalised, for the matrices inside a network; AdamW for the rest.</summary>
/// <remarks>
/// <para>For a matrix with the clipped gradient g and the rate eta: m = mu m + (1 - mu) g; u = (1 - mu) g + mu m with Nesterov, m without; O =
/// Newton-Schulz(u), about U V^T for u = U S V^T, or Polar Express in its place (<see cref="Orthogonalization"/>); W = (1 - eta lambda) W - eta s O, with s by
/// <see cref="MuonScaling"/>. A parameter with more than two axes counts as a matrix <c>[out, rest]</c>. The iteration runs in the element type of the
/// parameter.</para>
/// <para>Source: Jordan and others (2024), "Muon: an optimizer for hidden layers in neural networks". State: one number for each element of a matrix, two
/// elsewhere. Cost: five rounds of 3 n^2 m + n^3 flops for a matrix with sides n, the smaller, and m.</para>
/// </remarks>
public sealed class Muon : OrthogonalOptimizer
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What to train, such as <c>model.Parameters()</c>, in the order of the model: the first and the last matrix are found by
    /// it.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Muon(IReadOnlyList<Parameter> parameters, double learningRate = 0.02, MuonOptions? options = null)
        : this([new ParameterGroup(parameters)], learningRate, options)
    {
    }

    /// <summary>Makes the optimizer over groups.</summary>
    /// <param name="groups">What to train, in groups with their own scale and decay.</param>
    /// <param name="learningRate">eta: finite, zero or more.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one appears twice, or no matrix is left to orthogonalise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Muon(IReadOnlyList<ParameterGroup> groups, double learningRate = 0.02, MuonOptions? options = null)
        : base(groups, learningRate, options ??= new MuonOptions()) => Options = options;

    /// <summary>The settings.</summary>
    public MuonOptions Options { get; }

    /// <inheritdoc/>
    private protected override Tensor Orthogonalize(Tensor direction, int matrix, out double scale)
    {
        int rows = direction.Shape[0], columns = direction.Shape[1];
        scale = Options.Scaling == MuonScaling.Jordan ? Math.Sqrt(Math.Max(1, rows / (double)Math.Max(columns, 1))) : 0.2 * Math.Sqrt(Math.Max(rows, columns));
        return NewtonSchulz.Orthogonalize(direction, Options.NewtonSchulzSteps, Options.Orthogonalization);
    }
}
