namespace Kappa.Lab.Tests.Experiments.Reinforcement;

public sealed class PpoObjectiveTests
{
    [Fact]
    public void Log_probability_and_entropy_are_those_of_independent_normals()
    {
        var mean = Tensor.From([0.3, -1.0, 0.0, 2.0], [2, 2]);
        var logDeviation = Tensor.From([-0.5, 0.25], [2]);
        var actions = Tensor.From([0.1, 0.2, -0.7, 1.5], [2, 2]);
        double[] actual = PpoObjective.LogProbability(mean, logDeviation, actions).ToArray<double>();
        for (int row = 0; row < 2; row++)
        {
            double density = 1;
            for (int i = 0; i < 2; i++)
                density *= MathNet.Numerics.Distributions.Normal.PDF(
                    mean.ToArray<double>()[(2 * row) + i], Math.Exp(logDeviation.ToArray<double>()[i]), actions.ToArray<double>()[(2 * row) + i]);
            Assert.Equal(Math.Log(density), actual[row], 1e-12);
        }

        double entropy = new[] { -0.5, 0.25 }.Sum(log => new MathNet.Numerics.Distributions.Normal(0, Math.Exp(log)).Entropy);
        Assert.Equal(entropy, PpoObjective.Entropy(logDeviation).ToDouble(), 1e-12);
    }

    [Fact]
    public void The_gradient_is_that_of_the_policy_gradient_theorem_where_the_ratio_is_free_and_zero_where_it_is_clipped()
    {
        const double Clip = 0.2;
        // Ratios of 1, well above, above with a negative advantage, and well below.
        double[] logRatios = [0, 0.5, 0.5, -0.5, -0.5];
        double[] advantages = [1.5, 2, -1, 3, -2];
        // min(r A, clip(r) A): the unclipped branch is chosen for r > 1 with A < 0, and for r < 1 with A > 0.
        bool[] isFree = [true, false, true, true, false];
        double[] means = [0.2, -0.4, 0.9, 0, 1], actions = [0.5, 0.1, 0.3, -1, 1.4];
        const double LogDeviation = -0.3;
        var mean = Tensor.From(means, [5, 1]);
        var logDeviation = Tensor.From([LogDeviation], [1]);
        mean.RequiresGradient = logDeviation.RequiresGradient = true;
        var action = Tensor.From(actions, [5, 1]);
        double[] logs = PpoObjective.LogProbability(mean.Detach(), logDeviation.Detach(), action).ToArray<double>();
        var before = Tensor.From([.. logs.Zip(logRatios, (log, ratio) => log - ratio)], [5]);
        var loss = PpoObjective.ClippedLoss(PpoObjective.LogProbability(mean, logDeviation, action), before, Tensor.From(advantages, [5]), Clip);
        loss.Backward();
        double expectedLoss = 0, expectedSpread = 0;
        double variance = Math.Exp(2 * LogDeviation);
        for (int i = 0; i < 5; i++)
        {
            double ratio = Math.Exp(logRatios[i]);
            expectedLoss -= Math.Min(ratio * advantages[i], Math.Clamp(ratio, 1 - Clip, 1 + Clip) * advantages[i]) / 5;
            double score = isFree[i] ? -ratio * advantages[i] / 5 : 0;
            Assert.Equal(score * (actions[i] - means[i]) / variance, mean.Gradient!.ToArray<double>()[i], 1e-12);
            expectedSpread += score * (((actions[i] - means[i]) * (actions[i] - means[i]) / variance) - 1);
        }

        Assert.Equal(expectedLoss, loss.ToDouble(), 1e-12);
        Assert.Equal(expectedSpread, logDeviation.Gradient!.ToArray<double>()[0], 1e-12);
    }

    [Fact]
    public void Advantages_are_discounted_sums_of_errors_up_to_the_end_of_the_episode()
    {
        var generator = new Philox(3);
        double[] rewards = new double[7], values = new double[8], actual = new double[7];
        generator.FillNormal(rewards);
        generator.FillNormal(values);
        bool[] isOver = [false, false, true, false, false, false, false];
        PpoObjective.Advantages(rewards, values, isOver, 0.9, 0.8, actual);
        for (int t = 0; t < 7; t++)
        {
            double expected = 0, weight = 1;
            for (int k = t; k < 7; k++)
            {
                expected += weight * (rewards[k] + (isOver[k] ? 0 : 0.9 * values[k + 1]) - values[k]);
                if (isOver[k])
                    break;
                weight *= 0.9 * 0.8;
            }

            Assert.Equal(expected, actual[t], 1e-12);
        }
    }

    [Fact]
    public void With_exact_values_and_no_discount_advantages_of_a_sure_world_are_zero()
    {
        double[] rewards = [1, 2, 3], values = [6, 5, 3, 0], advantages = new double[3];
        PpoObjective.Advantages(rewards, values, new bool[3], 1, 0.95, advantages);
        Assert.All(advantages, advantage => Assert.Equal(0, advantage));
    }

    [Fact]
    public void The_running_scale_has_the_mean_and_variance_of_everything_seen_and_resumes()
    {
        var generator = new Philox(4);
        float[][] seen = [.. Enumerable.Range(0, 1000).Select(_ => new[] { (float)((3 * generator.NextNormal()) + 100), (float)generator.NextDouble() })];
        var scale = new RunningScale(2);
        var resumed = new RunningScale(2);
        foreach (float[] observation in seen.Take(400))
            scale.Add(observation);
        resumed.Load([.. scale.State]);
        foreach (float[] observation in seen.Skip(400))
        {
            scale.Add(observation);
            resumed.Add(observation);
        }

        for (int i = 0; i < 2; i++)
        {
            double mean = seen.Average(observation => (double)observation[i]);
            Assert.Equal(mean, scale.Mean(i), 1e-9);
            Assert.Equal(seen.Average(observation => Math.Pow(observation[i] - mean, 2)), scale.Variance(i), 1e-9);
        }

        Assert.Equal(scale.State, resumed.State);
        float[] standardized = new float[2];
        scale.Standardize([1000, 0.5f], standardized);
        Assert.Equal(10, standardized[0]);
    }
}
