using Kappa.Networks;

namespace Kappa.Rescaling;

/// <summary>ENorm, the baseline: rescales the hidden units so that the weights have the smallest Euclidean norm, without changing the network's
/// function.</summary>
/// <remarks>
/// Unit by unit, what enters and what leaves it get the same norm: z_h = (1/4) log(c / b), with c and b the sums of the squared parameters that enter and leave
/// it at scale 1, after which the parameters that enter it are multiplied by exp(-z_h) and those that leave it by exp(z_h). Source: Stock, Graham, Gribonval
/// and Jegou, 2019, arXiv 1902.10416, in the form in which arXiv 2602.19799 compares with it, biases included. Units are found as in
/// <see cref="PathConditioning"/>. O(channel pairs) a sweep. Memory: 8 bytes for each pair of an output and an input channel.
/// </remarks>
public static class EquiNormalization
{
    /// <summary>Rescales a model in place. The criterion of the result is the sum of the squares of all parameters.</summary>
    /// <param name="model">The model; its parameters are changed, its function is not.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The scales, the criterion before and after, and what was left alone.</returns>
    /// <exception cref="NotRescalableException">No hidden unit can be rescaled; the message says why, layer by layer.</exception>
    /// <exception cref="Tensors.NonFiniteException">A parameter is NaN or infinite; the message names it.</exception>
    /// <exception cref="ArgumentException">The shape of the input cannot be read off the first layer and was not given, or does not fit.</exception>
    public static RescalingResult Rescale(Module model, RescalingOptions? options = null) => Solve(model, options, apply: true);

    /// <summary>What <see cref="Rescale"/> would do. Changes nothing.</summary>
    /// <inheritdoc cref="Rescale"/>
    public static RescalingResult Analyse(Module model, RescalingOptions? options = null) => Solve(model, options, apply: false);

    private static RescalingResult Solve(Module model, RescalingOptions? options, bool apply)
    {
        using var plan = new RescalingPlan(model, options);
        var squares = new GramBlocks(plan.Walk, plan.Units);
        foreach (var use in plan.Walk.Uses)
        {
            var square = Squares.Of(use.Tensor);
            squares.Add(use.Tensor, square);
            square.Values.Dispose();
        }

        var problem = squares.Build();
        // u = exp(2 z).
        var sweeper = new Sweeper(problem);
        double before = Math.ScaleB(sweeper.Total, problem.Exponent);
        var (converged, change) = sweeper.Run(plan.Options, sums => sums.Balanced(), () => Math.ScaleB(sweeper.Total, problem.Exponent), unit: 0.5);
        double[] scales = Array.ConvertAll(sweeper.Logarithms, logarithm => Math.Exp(-logarithm / 2));
        var (layers, alone) = plan.Describe(scales, sweeper.IsDead);
        if (apply)
            plan.Apply(scales);
        return new RescalingResult
        {
            Layers = layers,
            LeftAlone = alone,
            LogScales = [.. sweeper.Logarithms.Skip(1).Select(logarithm => logarithm / 2)],
            Parameters = problem.Parameters,
            CriterionBefore = before,
            CriterionHistory = sweeper.History,
            Converged = converged,
            LargestChange = change,
            Residual = sweeper.Imbalance(),
            Applied = apply,
        };
    }
}
