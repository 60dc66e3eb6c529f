using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers;

/// <summary>Each optimizer against the formulas of PyTorch's documentation, written out element by element.</summary>
public sealed class ReferenceTests
{
    private const int Steps = 20;

    [Theory]
    [InlineData(1e-2, 1)]
    [InlineData(0.0, 1)]
    [InlineData(0.3, 0.25)]
    public void AdamW_follows_the_formula_element_by_element(double weightDecay, double scale)
    {
        var problem = new FakeGradients(DataType.Float64);
        var groups = new[]
        {
            new ParameterGroup([problem.Parameters[0], problem.Parameters[2]]),
            new ParameterGroup([problem.Parameters[1]]) { LearningRateScale = scale, WeightDecay = 0.05 },
        };
        var optimizer = new AdamW(groups, 0.01, new AdamWOptions { WeightDecay = weightDecay, Beta1 = 0.8, Beta2 = 0.95 });
        var expected = problem.Values();
        var first = problem.Zeros();
        var second = problem.Zeros();
        for (int step = 0; step < Steps; step++)
        {
            var gradients = problem.Draw(step);
            for (int p = 0; p < expected.Length; p++)
            {
                double rate = 0.01 * (p == 1 ? scale : 1);
                double decay = p == 1 ? 0.05 : weightDecay;
                for (int i = 0; i < expected[p].Length; i++)
                {
                    double g = gradients[p][i];
                    first[p][i] = (0.8 * first[p][i]) + (0.2 * g);
                    second[p][i] = (0.95 * second[p][i]) + (0.05 * g * g);
                    double mean = first[p][i] / (1 - Math.Pow(0.8, step + 1));
                    double root = Math.Sqrt(second[p][i] / (1 - Math.Pow(0.95, step + 1)));
                    expected[p][i] = ((1 - (rate * decay)) * expected[p][i]) - (rate * mean / (root + 1e-8));
                }
            }

            optimizer.Step();
            problem.AssertValues(expected, 1e-12);
        }

        Assert.Equal(Steps, optimizer.StepCount);
    }

    [Theory]
    [InlineData(0.9, 0.0, DataType.Float64)]
    [InlineData(0.0, 0.1, DataType.Float64)]
    [InlineData(0.9, 0.1, DataType.Float32)]
    public void Signum_follows_the_formula_element_by_element(double momentum, double weightDecay, DataType type)
    {
        var problem = new FakeGradients(type);
        var optimizer = new Signum(problem.Parameters, 0.05, momentum, weightDecay);
        var expected = problem.Values();
        var mean = problem.Zeros();
        for (int step = 0; step < Steps; step++)
        {
            var gradients = problem.Draw(step);
            for (int p = 0; p < expected.Length; p++)
            {
                for (int i = 0; i < expected[p].Length; i++)
                {
                    mean[p][i] = (momentum * mean[p][i]) + ((1 - momentum) * gradients[p][i]);
                    expected[p][i] = ((1 - (0.05 * weightDecay)) * expected[p][i]) - (0.05 * Math.Sign(mean[p][i]));
                }
            }

            optimizer.Step();
            problem.AssertValues(expected, type == DataType.Float64 ? 1e-12 : 1e-5);
        }
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Signum_leaves_an_element_whose_gradient_has_always_been_zero_where_it_is(DataType type)
    {
        // 19 elements: some of them in whole vectors, some in the rest.
        var problem = new FakeGradients(type, [19]);
        var before = problem.Values();
        using var gradient = Tensor.From(Enumerable.Range(0, 19).Select(i => (i % 3) - 1f).ToArray(), [19]).To(type);
        FakeGradients.Set(problem.Parameters[0].Tensor, gradient);
        new Signum(problem.Parameters, 0.25).Step();
        var after = problem.Values();
        for (int i = 0; i < 19; i++)
            Assert.Equal(before[0][i] - (0.25 * ((i % 3) - 1)), after[0][i], 1e-6);
        Assert.Equal(before[0][1], after[0][1]);
    }

    [Theory]
    [InlineData(0.0, 0.0, false, 0.0)]
    [InlineData(0.0, 0.0, false, 0.1)]
    [InlineData(0.9, 0.0, false, 0.0)]
    [InlineData(0.9, 0.3, false, 0.1)]
    [InlineData(0.9, 0.0, true, 0.1)]
    public void SGD_follows_the_formula_element_by_element(double momentum, double dampening, bool nesterov, double weightDecay)
    {
        var problem = new FakeGradients(DataType.Float64);
        var optimizer = new SGD(problem.Parameters, 0.05, momentum, dampening, nesterov, weightDecay);
        var expected = problem.Values();
        var velocity = problem.Zeros();
        for (int step = 0; step < Steps; step++)
        {
            var gradients = problem.Draw(step);
            for (int p = 0; p < expected.Length; p++)
            {
                for (int i = 0; i < expected[p].Length; i++)
                {
                    double g = gradients[p][i] + (weightDecay * expected[p][i]);
                    if (momentum != 0)
                    {
                        velocity[p][i] = step == 0 ? g : (momentum * velocity[p][i]) + ((1 - dampening) * g);
                        g = nesterov ? g + (momentum * velocity[p][i]) : velocity[p][i];
                    }

                    expected[p][i] -= 0.05 * g;
                }
            }

            optimizer.Step();
            problem.AssertValues(expected, 1e-12);
        }
    }
}
