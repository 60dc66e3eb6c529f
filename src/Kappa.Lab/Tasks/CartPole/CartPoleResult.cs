namespace Kappa.Lab.Tasks.CartPole;

/// <summary>What a policy did when it controlled the cart-pole. Every figure is finite, however a rollout ended.</summary>
internal sealed class CartPoleResult
{
    internal CartPoleResult(RolloutOptions options, CartPoleRollout[] rollouts, CartPoleStarts starts)
    {
        int[] steps = options.HorizonSteps(CartPoleModel.Timestep);
        double[] Curve(Func<int, int, double> value) => [.. steps.Select(step => Enumerable.Range(0, rollouts.Length).Average(i => value(i, step)))];

        Rollouts = rollouts;
        Horizons = [.. steps.Select(step => step * CartPoleModel.Timestep)];
        Upright = Curve((i, step) => rollouts[i].IsUprightAt(step) ? 1 : 0);
        MeanReturns = Curve((i, step) => rollouts[i].ReturnUntil(step));
        TipDistance = Curve((i, step) => rollouts[i].TipDistance(starts.Expert[i].Rollout, step));
        Success = rollouts.Average(rollout => CartPoleScenario.IsSuccess(rollout, steps[^1]) ? 1.0 : 0);
        ExpertReturn = starts.Expert.Average(one => one.Rollout.ReturnUntil(steps[^1]));
    }

    internal IReadOnlyList<CartPoleRollout> Rollouts { get; }

    /// <summary>The horizons of the curves, [horizons], in s; the last is the full length.</summary>
    internal double[] Horizons { get; }

    /// <summary>Share of the rollouts that are upright at each horizon.</summary>
    internal double[] Upright { get; }

    /// <summary>Mean return until each horizon, in s (<see cref="CartPoleRollout.ReturnUntil"/>).</summary>
    internal double[] MeanReturns { get; }

    /// <summary>Mean distance of the pole's tip from where the expert's is, in m.</summary>
    internal double[] TipDistance { get; }

    /// <summary>Share of the rollouts that held the pole through the last second.</summary>
    internal double Success { get; }

    /// <summary>Mean return of the expert over the same starts, in s.</summary>
    internal double ExpertReturn { get; }

    /// <summary>Share of the rollouts with an ending.</summary>
    internal double ShareOf(CartPoleEnding ending) => Rollouts.Average(rollout => rollout.Ending == ending ? 1.0 : 0);
}
