using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>Trains for some steps with a rate that rises exponentially, to see where learning sets in and where it diverges (Smith, 2017, arXiv 1506.01186,
/// section 3.3), and takes all of it back.</summary>
/// <example>
/// <code>
/// var test = LearningRateRangeTest.Run(model, optimizer, () => Loss.CrossEntropy(model.Forward(x), labels));
/// optimizer.LearningRate = test.SteepestDescent ?? 1e-3;
/// </code>
/// </example>
public static class LearningRateRangeTest
{
    /// <summary>Runs the test.</summary>
    /// <param name="model">The model, in the mode that it is in. Afterwards its parameters and buffers are those of before, bit for bit.</param>
    /// <param name="optimizer">The optimizer of its parameters. Afterwards its state, rate and schedule are those of before; the schedule has no effect in the
    /// test. Gradients are cleared before and after.</param>
    /// <param name="nextLoss">The loss of the next batch, a scalar. Called once for each step, in a scope of tensors of its own.</param>
    /// <param name="options">Rates, steps and when to stop; null for the defaults.</param>
    /// <returns>The curve and what is read off it.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the model holds none of the optimizer's parameters.</exception>
    /// <remarks>The smoothed loss is the moving average of <see cref="LearningRateRangeTestOptions.Smoothing"/>. Slopes over log(rate) are central
    /// differences, and one-sided at the first step.</remarks>
    public static LearningRateRangeResult Run(Module model, Optimizer optimizer, Func<Tensor> nextLoss, LearningRateRangeTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(nextLoss);
        options ??= new LearningRateRangeTestOptions();
        options.Validate();
        TrainedModel.Require($"{nameof(LearningRateRangeTest)}.{nameof(Run)}", optimizer, model, model.Parameters());
        using var outside = TensorScope.Begin();
        var (values, state, schedule) = (model.StateDict().Copy(), Copy(optimizer.State()), optimizer.Schedule);
        (Tensor Tensor, Tensor Value)[] others = [.. optimizer.Parameters.Select(parameter => (parameter.Tensor, parameter.Tensor.Clone()))];
        var points = new List<LearningRatePoint>();
        bool diverged;
        try
        {
            optimizer.Schedule = null;
            optimizer.ZeroGrad();
            diverged = Climb(optimizer, nextLoss, options, points);
        }
        finally
        {
            optimizer.Load(state);
            optimizer.Schedule = schedule;
            foreach (var (tensor, value) in others)
                tensor.CopyFromInPlace(value);
            model.LoadStateDict(values);
            optimizer.ZeroGrad();
        }

        return new LearningRateRangeResult(points, diverged, SteepestDescent(points));
    }

    /// <summary>Makes the steps; says whether they ended early.</summary>
    private static bool Climb(Optimizer optimizer, Func<Tensor> nextLoss, LearningRateRangeTestOptions options, List<LearningRatePoint> points)
    {
        double value = 0, average = 0, kept = 1, smallest = double.PositiveInfinity;
        bool hasDiverged = false;
        var loop = new TrainingLoop(optimizer, Next) { BeforeUpdate = Record };
        try
        {
            loop.Run(() => hasDiverged || points.Count == options.Steps, CancellationToken.None);
            return hasDiverged;
        }
        catch (NonFiniteException)
        {
            return true;
        }

        Tensor Next()
        {
            var loss = nextLoss();
            value = loss.ToDouble();
            return loss;
        }

        void Record()
        {
            double rate = options.Lowest * Math.Pow(options.Highest / options.Lowest, (double)points.Count / (options.Steps - 1));
            average = (options.Smoothing * average) + ((1 - options.Smoothing) * value);
            kept *= options.Smoothing;
            double smoothed = average / (1 - kept);
            points.Add(new LearningRatePoint(rate, value, smoothed));
            smallest = Math.Min(smallest, smoothed);
            double size = Math.Max(points[0].SmoothedLoss - smallest, Math.Abs(smallest));
            hasDiverged = smoothed > smallest + (options.DivergenceFactor * size);
            optimizer.LearningRate = rate;
        }
    }

    private static double? SteepestDescent(List<LearningRatePoint> points)
    {
        if (points.Count < 3)
            return null;
        int lowest = Enumerable.Range(0, points.Count).MinBy(i => points[i].SmoothedLoss);
        var (steepest, rate) = (0.0, (double?)null);
        for (int i = 0; i <= lowest; i++)
        {
            var (before, after) = (points[Math.Max(0, i - 1)], points[Math.Min(points.Count - 1, i + 1)]);
            double slope = (after.SmoothedLoss - before.SmoothedLoss) / Math.Log(after.LearningRate / before.LearningRate);
            if (slope < steepest)
                (steepest, rate) = (slope, points[i].LearningRate);
        }

        return rate;
    }

    private static OptimizerState Copy(OptimizerState state)
    {
        var copy = new OptimizerState(state.Kind);
        foreach (var (name, value) in state.Numbers)
            copy.Add(name, value);
        foreach (var (name, tensor) in state.Tensors)
            copy.Tensors.Add(name, tensor.Clone());
        return copy;
    }
}
