using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Rescaling;

/// <summary>Rescales the hidden units of a ReLU network so that it trains better, without changing its function.</summary>
/// <remarks>
/// <para>With g = diag(G), G = dPhi^T dPhi the Gram of the path-lifting (<see cref="PathLifting"/>), p parameters and B_ih = +1 where parameter i leaves unit h
/// and -1 where it enters it, the log-scales z minimise</para>
/// <code>
/// F(z) = p log(sum_i g_i exp((B z)_i)) - sum_i (B z)_i,      then theta_i = theta_i exp(-(B z)_i / 2).
/// </code>
/// <para>F is convex; it is minimised one unit at a time, exactly, in the order of the layers. Units are found from the operations that the model runs: linear
/// layers, convolutions (also in groups), batch normalisation, sums (which tie the units they join), pooling, reshapes, ReLU, LeakyReLU and PReLU; what passes
/// through anything else is left alone.</para>
/// <para>Cost: two passes through the network in double precision, then O(units + channel pairs of convolutions) a sweep. Source: Lebeurrier, Vayer and
/// Gribonval, 2026, arXiv 2602.19799.</para>
/// </remarks>
public static class PathConditioning
{
    /// <summary>Rescales a model in place.</summary>
    /// <param name="model">The model; its parameters are changed, its function is not.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The scales, the criterion before and after, and what was left alone.</returns>
    /// <exception cref="NotRescalableException">No hidden unit can be rescaled; the message says why, layer by layer.</exception>
    /// <exception cref="NonFiniteException">A parameter is NaN or infinite; the message names it.</exception>
    /// <exception cref="ArgumentException">The shape of the input cannot be read off the first layer and was not given, or does not fit.</exception>
    public static RescalingResult Rescale(Module model, RescalingOptions? options = null)
    {
        using var plan = new RescalingPlan(model, options);
        return Solve(plan, apply: true);
    }

    /// <summary>Rescales a model in the midst of training, and moves the optimizer's state along with its parameters.</summary>
    /// <param name="model">The model; its parameters are changed, its function is not.</param>
    /// <param name="optimizer">What trains it. Momenta are multiplied by 1/s, second moments by 1/s^2, where a parameter is multiplied by s; see
    /// <see cref="StateTransport"/>. Gradients are cleared: they belong to the weights of before.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The scales, the criterion before and after, and what was left alone.</returns>
    /// <remarks>
    /// Call it between two steps, as often as wished. Steps of momentum then are those that gradients taken of the rescaled network from the start would have
    /// given; Muon, Signum and AdamW treat what they remember in a way that depends on its scale, so that they go on from the same memory, not on the same
    /// path.
    /// </remarks>
    /// <exception cref="NotSupportedException">The optimizer does not say how its state moves; nothing was changed.</exception>
    /// <inheritdoc cref="Rescale(Module, RescalingOptions)" path="/exception"/>
    public static RescalingResult Rescale(Module model, Optimizer optimizer, RescalingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(model);
        TrainedModel.Require($"{nameof(PathConditioning)}.{nameof(Rescale)}", optimizer, model, model.Parameters());
        optimizer.TransportCore(new StateTransport(new Dictionary<Tensor, Action<Tensor, int, int>>()));
        using var plan = new RescalingPlan(model, options);
        var result = Solve(plan, apply: true);
        double[] scales = [1, .. result.LogScales.Select(z => Math.Exp(z / 2))];
        optimizer.TransportCore(plan.Application(scales).Transport());
        optimizer.ZeroGrad();
        return result;
    }

    /// <summary>What <see cref="Rescale(Module, RescalingOptions)"/> would do. Changes nothing.</summary>
    /// <inheritdoc cref="Rescale(Module, RescalingOptions)"/>
    public static RescalingResult Analyse(Module model, RescalingOptions? options = null)
    {
        using var plan = new RescalingPlan(model, options);
        return Solve(plan, apply: false);
    }

    /// <summary>Gives every unit a random scale, which does not change the function: for tests and studies.</summary>
    /// <param name="model">The model; its parameters are changed.</param>
    /// <param name="generator">The source; advances.</param>
    /// <param name="spread">The standard deviation of the logarithm of the scales, 0 or more.</param>
    /// <param name="options">Settings; sweeps and tolerance are not used. Null for the defaults.</param>
    /// <returns>The scale of each unit, numbered layer by layer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The spread is negative or not finite.</exception>
    /// <exception cref="NotRescalableException">No hidden unit can be rescaled.</exception>
    public static IReadOnlyList<double> ResetRandomly(Module model, Philox generator, double spread = 1, RescalingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (!double.IsFinite(spread) || spread < 0)
            throw new ArgumentOutOfRangeException(nameof(spread), spread, "the spread of the scales' logarithms is finite, 0 or more");
        using var plan = new RescalingPlan(model, options);
        double[] scales = new double[plan.Units.Count + 1];
        scales[0] = 1;
        for (int unit = 1; unit < scales.Length; unit++)
            scales[unit] = Math.Exp(spread * generator.NextNormal());
        plan.Apply(scales);
        return scales[1..];
    }

    internal static RescalingResult Solve(RescalingPlan plan, bool apply)
    {
        var gram = new GramBlocks(plan.Walk, plan.Units);
        SquaredNetwork.Differentiate(plan.Network, plan.Walk, gram);
        var problem = gram.Build();
        var sweeper = new Sweeper(problem);
        double before = Criterion(problem, sweeper);
        var (converged, change) = sweeper.Run(plan.Options, sums => sums.PathConditioned(), () => Criterion(problem, sweeper), unit: 1);
        double[] scales = Array.ConvertAll(sweeper.Logarithms, z => Math.Exp(z / 2));
        var (layers, alone) = plan.Describe(scales, sweeper.IsDead);
        if (apply)
            plan.Apply(scales);
        return new RescalingResult
        {
            Layers = layers,
            LeftAlone = alone,
            LogScales = sweeper.Logarithms[1..],
            Parameters = problem.Parameters,
            CriterionBefore = before,
            CriterionHistory = sweeper.History,
            Converged = converged,
            LargestChange = change,
            Residual = sweeper.Residual(),
            Applied = apply,
        };
    }

    /// <summary>F = p log(total) - sum_i (B z)_i, where unit h adds (|out_h| - |in_h|) z_h to the sum.</summary>
    private static double Criterion(UnitProblem problem, Sweeper sweeper)
    {
        double sum = 0;
        for (int h = 1; h <= problem.Units; h++)
            sum += (problem.Incoming[h] - problem.Outgoing[h]) * sweeper.Logarithms[h];
        return (problem.Parameters * (Math.Log(sweeper.Total) + (problem.Exponent * Math.Log(2)))) + sum;
    }
}
