using Kappa.Isometry;
using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tests.LinearAlgebra;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Isometry;

/// <summary>What sizes the penalty's step, and which weights it moves.</summary>
public sealed class IsometryStepTests
{
    private static readonly Shape[] Shapes = [[6, 4], [5, 5], [3, 6]];

    [Theory]
    [InlineData(null)]
    [InlineData(0.05)]
    public void The_schedule_and_the_scales_of_groups_multiply_the_penaltys_rate(double? rate)
    {
        var problem = new FakeGradients(DataType.Float64, Shapes);
        double[] scales = [0.5, 2, 0];
        var options = new IsometryOptions { Strength = 0.02, LearningRate = rate, IncludeOutput = true };
        var optimizer = new IsometryPenalty(
            new SGD([.. problem.Parameters.Select((parameter, i) => new ParameterGroup([parameter]) { LearningRateScale = scales[i] })], 0.1), options)
        {
            Schedule = LearningRateSchedule.WarmupLinear(2, 6),
        };
        for (int step = 0; step < 4; step++)
        {
            double factor = optimizer.Schedule.Factor(step);
            double[][] expected = [.. problem.Parameters.Select((parameter, i) =>
            {
                using var gradient = GramPenalty.Gradient(parameter.Tensor.Detach(), options);
                return gradient.ToArray<double>()
                    .Zip(FakeGradients.Read(parameter.Tensor), (g, w) => w - ((rate ?? 0.1) * factor * scales[i] * 0.02 * g)).ToArray();
            })];
            _ = problem.Draw(step, scale: 0);
            optimizer.Step();
            problem.AssertValues(expected, 1e-13);
        }
    }

    [Fact]
    public void A_weight_without_a_gradient_in_a_step_is_left_alone()
    {
        foreach (var variant in Enum.GetValues<IsometryVariant>())
        {
            var problem = new FakeGradients(DataType.Float64, Shapes);
            double[][] before = problem.Values();
            var optimizer = new AdamO(problem.Parameters, 0.01, new IsometryOptions { Strength = 1, IncludeOutput = true, Variant = variant });
            _ = problem.Draw(0);
            problem.Parameters[1].Tensor.ZeroGrad();
            optimizer.Step();
            double[][] after = problem.Values();
            Assert.Equal(before[1], after[1]);
            Assert.NotEqual(before[0], after[0]);
            Assert.Equal([1L, 0L, 1L], optimizer.Matrices.Select(matrix => matrix.Applications));
        }
    }

    [Fact]
    public void Of_several_patterns_that_fit_the_first_counts()
    {
        var problem = new FakeGradients(DataType.Float64, Shapes);
        var optimizer = new AdamO(
            problem.Parameters, 0.01,
            new IsometryOptions { IncludeOutput = true, LayerStrengths = [new LayerStrength("p1", 0.5), new LayerStrength("p*", 0.25)] });
        Assert.Equal([0.25, 0.5, 0.25], optimizer.Matrices.Select(matrix => matrix.Strength));
    }

    [Fact]
    public void Clipping_reduces_the_gradient_of_the_task_and_not_a_coupled_penalty()
    {
        var problem = new FakeGradients(DataType.Float64, Shapes);
        var options = new IsometryOptions { Strength = 0.3, IncludeOutput = true, Variant = IsometryVariant.Coupled };
        var optimizer = new IsometryPenalty(new SGD(problem.Parameters, 0.1), options) { MaxGradientNorm = 0.5 };
        double[][] before = problem.Values(), gradients = problem.Draw(0);
        double norm = Math.Sqrt(gradients.Sum(gradient => gradient.Sum(g => g * g)));
        double[][] expected = [.. problem.Parameters.Select((parameter, p) =>
        {
            using var penalty = GramPenalty.Gradient(parameter.Tensor.Detach(), options);
            return penalty.ToArray<double>().Select((g, i) => before[p][i] - (0.1 * ((gradients[p][i] * 0.5 / norm) + (0.3 * g)))).ToArray();
        })];
        optimizer.Step();
        Assert.Equal(norm, optimizer.LastGradientNorm, 1e-9);
        problem.AssertValues(expected, 1e-12);
    }

    [Fact]
    public void A_Newton_Schulz_pull_of_any_strength_ends_at_the_nearest_orthogonal_matrix_and_not_beyond()
    {
        var problem = new FakeGradients(DataType.Float64, Shapes);
        var warnings = new List<string>();
        var options = new IsometryOptions { Strength = 1e6, Target = 2, IncludeOutput = true, Variant = IsometryVariant.NewtonSchulz,
            OnWarning = warnings.Add };
        var optimizer = new IsometryPenalty(new SGD(problem.Parameters, 0.1), options);
        _ = problem.Draw(0, scale: 0);
        optimizer.Step();
        Assert.All(problem.Parameters, parameter => Assert.All(SingularValues.Of(parameter.Tensor), value => Assert.Equal(Math.Sqrt(2), value, 1e-6)));
        Assert.All(optimizer.Matrices, matrix => Assert.Equal(1, matrix.BoundedSteps));
        Assert.Equal(3, warnings.Count);
    }
}
