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
