using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>Spectral regularisation: <c>lambda sum_l (sigma_max(W_l)^k - 1)^2</c> inside the loss, and <c>lambda |b|^(2k)</c> for biases.</summary>
/// <remarks>
/// <code>
/// v = W^T u / |W^T u|,  u = W v / |W v|,  sigma = |W v|           power iteration, started from the last step's u
/// dR/dW = 2 k sigma^(k-1) (sigma^k - 1) u v^T,   dR/db = 2 k |b|^(2k-2) b
/// </code>
/// <para>Source: Lewandowski, Bortkiewicz, Kumar, Gyorgy, Schuurmans, Ostaszewski and Machado (2024), "Learning continually by spectral regularization", arXiv
/// 2406.06811. It holds one end of the spectrum; the small singular values are free. A convolution's kernel counts as <c>[out, in kernel^2]</c>.</para>
/// <para>Where <c>W^T u</c> or <c>W v</c> is zero, for a matrix of zeros for example, the penalty has no gradient and the matrix stays.
/// Where <see cref="Rescaling.PathConditioning"/> rescales a matrix in training, its singular vectors are others, and no rule turns the old ones into them: u
/// stays, and is again the start of an iteration. Cost: two products with a vector for each round, and one outer product.</para>
/// </remarks>
public sealed class SpectralRegularization : CoupledPenalty
{
    private readonly Tensor?[] _left;

    /// <summary>Puts the penalty in front of an optimizer.</summary>
    /// <param name="inner">Who makes the step.</param>
    /// <param name="generator">Where the first u come from; does not advance.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public SpectralRegularization(Optimizer inner, Philox generator, SpectralRegularizationOptions? options = null)
        : base(inner, Checked(options).Strength, parameter => Selects(options ?? new(), parameter))
    {
        ArgumentNullException.ThrowIfNull(generator);
        Options = options ?? new SpectralRegularizationOptions();
        using var outside = TensorScope.Suspend();
        _left = [.. Parameters.Select((parameter, index) => IsSelected(index) && parameter.Tensor.Rank >= 2
            ? Tensor.Normal([parameter.Tensor.Shape[0], 1], generator.Split(parameter.Name), type: parameter.Tensor.DataType, device: parameter.Tensor.Device)
            : null)];
    }

    /// <summary>The settings.</summary>
    public SpectralRegularizationOptions Options { get; }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.StateCore(state);
        for (int i = 0; i < _left.Length; i++)
        {
            if (_left[i] is { } left)
                state.Tensors.Add($"{Parameters[i].Name}.left_singular_vector", left);
        }
    }

    private protected override void WriteGradient(int index, Tensor parameter, double scale, Tensor destination)
    {
        var backend = parameter.Backend;
        if (_left[index] is not { } u)
        {
            double norm = backend.Norm(parameter);
            backend.Affine(parameter, scale * 2 * Options.Power * Math.Pow(norm, (2 * Options.Power) - 2), 0, destination);
            return;
        }

        using var scope = TensorScope.Begin();
        int rows = parameter.Shape[0];
        var weight = parameter.Alias([rows, parameter.Count / rows]);
        var v = parameter.New([weight.Shape[1], 1]);
        var next = parameter.New(u.Shape);
        double sigma = 0;
        for (int round = 0; round < Options.Iterations; round++)
        {
            backend.MatMul(transposeA: true, transposeB: false, weight, u, v, accumulate: false);
            sigma = Normalize(v, v) > 0 ? Product(weight, v, next) : 0;
            if (sigma == 0)
            {
                destination.Clear();
                return;
            }

            u.CopyFromInPlace(next);
        }

        double power = Math.Pow(sigma, Options.Power);
        backend.Affine(v, scale * 2 * Options.Power * (power / sigma) * (power - 1), 0, v);
        backend.MatMul(transposeA: false, transposeB: true, u, v, destination.Alias(weight.Shape), accumulate: false);
    }

    /// <summary>result = W v over its length, which is returned.</summary>
    private static double Product(Tensor weight, Tensor v, Tensor result)
    {
        result.Backend.MatMul(transposeA: false, transposeB: false, weight, v, result, accumulate: false);
        return Normalize(result, result);
    }

    private static double Normalize(Tensor x, Tensor result)
    {
        double length = x.Backend.Norm(x);
        if (length > 0)
            result.Backend.Divide(x, length, result);
        return length;
    }

    private static bool Selects(SpectralRegularizationOptions options, Parameter parameter) =>
        (parameter.Tensor.Rank >= 2
            || (options.IncludeBiases && parameter.Tensor.Rank == 1
            && (parameter.Name == "bias" || parameter.Name.EndsWith(".bias", StringComparison.Ordinal))))
        && (options.Where?.Invoke(parameter) ?? true);

    private static SpectralRegularizationOptions Checked(SpectralRegularizationOptions? options)
    {
        options ??= new SpectralRegularizationOptions();
        options.Validate();
        return options;
    }
}
