using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Tests.Curvature.Operators;

/// <summary>What is not one fixed symmetric matrix, or cannot be one, is said when it is made.</summary>
public sealed class OperatorFaultTests
{
    [Fact]
    public void A_matrix_that_is_not_symmetric_is_rejected()
    {
        var lower = Tensor.From([1.0, 2, 0, 1], [2, 2]).Keep();
        var error = Assert.Throws<InvalidOperatorException>(() => new DelegateOperator(2, DataType.Float64, vectors => vectors.MatMul(lower)));
        Assert.Contains("not symmetric", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_that_changes_between_calls_is_rejected()
    {
        int calls = 0;
        var error = Assert.Throws<InvalidOperatorException>(() => new DelegateOperator(3, DataType.Float32, vectors => vectors * (1 + (1e-3 * calls++))));
        Assert.Contains("differ by", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.Eval()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_in_training_mode_is_rejected_and_accepted_in_evaluation()
    {
        var network = new SmallNetwork(
            model: new Sequential(new Linear(3, 8, type: DataType.Float64), new Dropout(0.5), new Linear(8, 4, type: DataType.Float64)));
        Assert.Contains("changes between calls", Assert.Throws<InvalidOperatorException>(() => network.Risk()).Message, StringComparison.Ordinal);
        network.Model.Eval();
        _ = new HessianOperator(network.Risk());
    }

    [Fact]
    public void Batch_statistics_in_training_mode_are_rejected()
    {
        var network = new SmallNetwork(
            model: new Sequential(
            new Linear(3, 8, type: DataType.Float64), new BatchNorm1d(8, type: DataType.Float64), new Linear(8, 4, type: DataType.Float64)));
        var error = Record.Exception(() => network.Risk());
        Assert.True(error is InvalidOperatorException or TensorShapeException, error?.ToString());
        network.Model.Eval();
        _ = new HessianOperator(network.Risk());
    }

    [Fact]
    public void A_loss_that_is_a_sum_over_samples_is_rejected()
    {
        var network = new SmallNetwork();
        var error = Assert.Throws<InvalidOperatorException>(
            () => new EmpiricalRisk(network.Model, (y, t) => Loss.CrossEntropy(y, t) * t.Count, network.Source));
        Assert.Contains("a mean over samples", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_after_the_operator_was_made_is_noticed()
    {
        var network = new SmallNetwork();
        var matrix = new HessianOperator(network.Risk());
        matrix.Risk.Parameters[1].Tensor.Values<double>()[2] += 1e-9;
        var error = Assert.Throws<InvalidOperatorException>(() => matrix.MatVec(Tensor.Ones([matrix.Dimension], DataType.Float64)));
        Assert.Contains("parameters have changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_changes_is_noticed_with_its_samples()
    {
        var network = new SmallNetwork();
        var matrix = new HessianOperator(network.Risk(5));
        network.Inputs.Values<double>()[21] += 1;
        var error = Assert.Throws<InvalidOperatorException>(() => matrix.MatVec(Tensor.Ones([matrix.Dimension], DataType.Float64)));
        Assert.Contains("samples 5 to 9 are not what they were", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_samples_than_the_data_has_are_refused_with_both_numbers()
    {
        var risk = new SmallNetwork().Risk();
        Assert.Contains(
            "the data has 13", Assert.Throws<ArgumentOutOfRangeException>(() => new HessianOperator(risk, 0, 14)).Message, StringComparison.Ordinal);
        Assert.Contains("k takes 1 to 12", Assert.Throws<ArgumentOutOfRangeException>(() => new IncrementOperator(risk, 13)).Message, StringComparison.Ordinal);
        Assert.Contains("the data has 13", Assert.Throws<ArgumentOutOfRangeException>(() => risk.Value(10, 4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_refused()
    {
        var network = new SmallNetwork();
        network.Model.Parameters()[0].Tensor.Values<double>()[0] = double.NaN;
        Assert.Contains("loss", Assert.Throws<NonFiniteException>(() => network.Risk()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_that_is_not_finite_is_refused_with_its_vector()
    {
        var matrix = new DelegateOperator(3, DataType.Float64, vectors => vectors * 2);
        var error = Assert.Throws<NonFiniteException>(() => matrix.MatMat(Tensor.From([1.0, 2, 3, 4, double.NaN, 6], [2, 3])));
        Assert.Contains("product with vector 1 is NaN at element 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Piecewise_linear_activations_are_noted_and_smooth_ones_are_not()
    {
        Assert.Empty(new SmallNetwork().Risk().Notes);
        var kinked = new SmallNetwork(model: new Sequential(new Linear(3, 8, type: DataType.Float64), new ReLU(), new Linear(8, 4, type: DataType.Float64)));
        Assert.Contains("ReLU: piecewise linear", Assert.Single(kinked.Risk().Notes), StringComparison.Ordinal);
        // Away from kinks the Hessian is that of the piece.
        SmallNetwork.AssertEqual(
            SmallNetwork.DenseHessian(kinked.Risk(), 0, SmallNetwork.Samples), SmallNetwork.Dense(new HessianOperator(kinked.Risk())), 1e-7);
        var squared = new SmallNetwork(
            model: new Sequential(new Linear(3, 8, type: DataType.Float64), new SquaredReLU(), new Linear(8, 4, type: DataType.Float64)));
        Assert.Contains("jumps at 0", Assert.Single(squared.Risk().Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_shapes_and_names_say_what_was_expected()
    {
        var network = new SmallNetwork();
        var matrix = new HessianOperator(network.Risk());
        Assert.Contains("expected vectors [K, 44] Float64; got [2, 3] Float64",
            Assert.Throws<TensorShapeException>(() => matrix.MatMat(Tensor.Zeros([2, 3], DataType.Float64))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Did you mean second.weight?", Assert.Throws<ArgumentException>(() => network.Risk(parameters: "secnd.weight")).Message, StringComparison.Ordinal);
        Assert.Contains("RiskOptions.BatchSize takes a whole number of 1 or more", Assert.Throws<ArgumentOutOfRangeException>(() => network.Risk(0)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "expected terms of dimension 44",
            Assert.Throws<ArgumentException>(() => new SumOperator(matrix, new DelegateOperator(3, DataType.Float64, v => v * 1))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScaledOperator(matrix, double.NaN));
    }
}
