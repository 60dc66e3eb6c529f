using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

public sealed class ActivationWeightedLossTests
{
    [Fact]
    public void Of_a_linear_model_it_is_the_error_in_the_weights_whatever_the_covariance()
    {
        // Inputs of variances 1 and 1e-3, error dW in the weights: E = z dW^T, and with little damping the loss is |dW|^2; the plain one sees the first alone.
        var generator = new Philox(5);
        var rows = Matrix<double>.Build.Dense(4000, 2, (_, column) => generator.NextNormal() * (column == 0 ? 1 : Math.Sqrt(1e-3)));
        var first = Matrix<double>.Build.DenseOfArray(new[,] { { 0.5, 0.0 } });
        var second = Matrix<double>.Build.DenseOfArray(new[,] { { 0.0, 0.5 } });
        double Weighted(Matrix<double> error) => ActivationWeightedLoss.Weighted(rows, rows * error.Transpose() / rows.RowCount);
        Assert.Equal(0.25, Weighted(first), 1e-3);
        // Damping, 1e-4 of the mean variance, is a twentieth of the small one.
        Assert.Equal(0.25 * Math.Pow(1e-3 / (1e-3 + 0.5e-4), 2), Weighted(second), 5e-3);
        Assert.Equal(0, ActivationWeightedLoss.Weighted(rows * 0, rows));
        Assert.True(double.IsNaN(ActivationWeightedLoss.Weighted(rows * double.NaN, rows)));
    }

    [Fact]
    public void The_condition_number_is_that_of_the_directions_that_vary()
    {
        var rows = Matrix<double>.Build.DenseOfArray(new[,] { { 3.0, 1, 7 }, { -3, 1, 7 }, { 3, -1, 7 }, { -3, -1, 7 } });
        Assert.Equal(9, ActivationWeightedLoss.ConditionOf(rows), 1e-9);
        Assert.True(double.IsNaN(ActivationWeightedLoss.ConditionOf(rows * 0)));
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("dopr-adamw")]
    public void Measuring_leaves_the_model_as_it_is_also_beside_preconditioning(string optimizer)
    {
        var task = KappaCatalog.Choices.Find<LabTask>("linear-control").Prepare((System.Text.Json.JsonElement?)null, null, CancellationToken.None);
        var model = task.CreateModel(null, new Philox(1));
        var made = OptimizerChoice.Parse(optimizer, "", KappaCatalog.Choices).Create(model, 1e-3, new Philox(0));
        using var disposed = made as IDisposable;
        float[][] Bits() => [.. model.Parameters().Select(parameter => parameter.Tensor.ToArray<float>())];
        var before = Bits();
        var found = HeldOutPredictors.Measure(task, model, CancellationToken.None).ToDictionary(one => one.Name, one => one.Value);
        Assert.Equal(before, Bits());
        Assert.Null(found["unrolledLoss"]);
        Assert.All(found.Where(one => one.Key != "unrolledLoss"), one => Assert.True(one.Value > 0, one.Key));
        Assert.True(found["perturbedLoss"] > 0.9 * task.ValidationLoss(model));
        // The same every time.
        Assert.Equal(found, HeldOutPredictors.Measure(task, model, CancellationToken.None).ToDictionary(one => one.Name, one => one.Value));
    }

    [Fact]
    public void A_model_that_is_not_finite_has_figures_that_are_not_and_the_study_leaves_them_out()
    {
        var task = new MeasuredTask(KappaCatalog.Choices.Find<LabTask>("linear-control").Prepare((System.Text.Json.JsonElement?)null, null,
            CancellationToken.None));
        var model = task.CreateModel(null, new Philox(1));
        model.Parameters()[0].Tensor.Values<float>()[0] = float.NaN;
        Assert.Empty(task.HeldOutFigures(model, CancellationToken.None));
    }
}
