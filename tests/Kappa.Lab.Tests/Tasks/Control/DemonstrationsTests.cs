using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

public class DemonstrationsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1e2)]
    [InlineData(1e4)]
    [InlineData(1e6)]
    public void The_condition_number_of_covariance_and_sample_is_the_setting(double condition)
    {
        var task = Systems.Prepare($$"""{"condition": {{condition}}, "examples": 500}""");
        var data = task.Demonstrations;
        var sample = data.TrainingStates.SecondMoment();
        Assert.Equal(condition, ConditionOf(data.Covariance), condition * condition * 1e-14);
        Assert.Equal(condition, ConditionOf(sample), condition * condition * 1e-13);
        Systems.AssertClose(data.Covariance, sample, 1e-12);
        for (int j = 0; j < 8; j++)
            Assert.Equal(0, Enumerable.Range(0, 500).Average(i => data.TrainingStates[i][j]), 1e-12);
        Assert.Equal(8, data.Covariance.Trace(), 1e-12);
    }

    [Fact]
    public void The_basis_is_orthogonal_and_diagonalises_the_covariance()
    {
        var data = Systems.Prepare().Demonstrations;
        Systems.AssertClose(Matrix<double>.Build.DenseIdentity(8), data.Basis.TransposeThisAndMultiply(data.Basis), 1e-13);
        Systems.AssertClose(
            Matrix<double>.Build.DenseOfDiagonalVector(data.Variances), data.Basis.Transpose() * data.Covariance * data.Basis, 1e-13);
        Assert.Equal(data.Variances.OrderDescending(), data.Variances);
    }

    [Fact]
    public void Without_noise_the_actions_are_the_demonstrators_and_with_noise_they_scatter_by_its_size()
    {
        var clean = Systems.Prepare("""{"noise": 0}""");
        Assert.Equal(0, clean.Demonstrations.TrainingStates.Mapped(clean.DemonstratorGain).MeanSquaredDifference(clean.Demonstrations.TrainingActions));
        var noisy = Systems.Prepare("""{"noise": 0.3}""");
        var data = noisy.Demonstrations;
        double variance = data.TrainingStates.Mapped(noisy.DemonstratorGain).MeanSquaredDifference(data.TrainingActions);
        int count = data.TrainingActions.Count * data.TrainingActions.Dimension;

        // The variance of a sample variance of normals is 2 sigma^4 / count.
        Assert.Equal(0.09, variance, 4 * 0.09 * Math.Sqrt(2.0 / count));
    }

    [Fact]
    public void Validation_states_are_other_draws_of_the_same_covariance()
    {
        var data = Systems.Prepare("""{"validationExamples": 200000}""").Demonstrations;
        var sample = data.ValidationStates.SecondMoment();
        Systems.AssertClose(data.Covariance, sample, 0.02);
        Assert.NotEqual(data.TrainingStates[0][0], data.ValidationStates[0][0]);
    }

    private static double ConditionOf(Matrix<double> symmetric)
    {
        var values = symmetric.Svd(computeVectors: false).S;
        return values[0] / values[^1];
    }
}
