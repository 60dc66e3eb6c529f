using Kappa.Diagnostics;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Operators;

public sealed class RectangularOperatorTests
{
    private static readonly Dictionary<string, Func<LinearOperator>> Cases = new()
    {
        ["wide matrix"] = () => new MatrixOperator(Tensor.Normal([4, 7], new Philox(1), type: DataType.Float64)),
        ["tall matrix"] = () => new MatrixOperator(Tensor.Normal([7, 4], new Philox(1), type: DataType.Float64)),
        ["one row"] = () => new MatrixOperator(Tensor.Normal([1, 5], new Philox(1), type: DataType.Float64)),
        ["transposed"] = () => new MatrixOperator(Tensor.Normal([4, 7], new Philox(1), type: DataType.Float64)).Adjoint,
        ["symmetric"] = () => new DelegateOperator(5, DataType.Float64, v => v * 3.0),
        ["Jacobian"] = Jacobian,
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_adjoint_is_the_transpose_of_what_the_products_say_and_many_vectors_are_each_alone(string name)
    {
        var matrix = Cases[name]();
        double[,] dense = Dense(matrix.MatMat, matrix.Columns, matrix.Rows), adjoint = Dense(matrix.AdjointMatMat, matrix.Rows, matrix.Columns);
        var turned = matrix.Adjoint;
        Assert.Equal((matrix.Columns, matrix.Rows), (turned.Rows, turned.Columns));
        double[,] again = Dense(turned.MatMat, turned.Columns, turned.Rows);
        for (int i = 0; i < matrix.Rows; i++)
        {
            for (int j = 0; j < matrix.Columns; j++)
            {
                Assert.Equal(dense[i, j], adjoint[j, i], 1e-12);
                Assert.Equal(dense[i, j], again[j, i], 1e-12);
            }
        }

        double[] alone = matrix.MatVec(Tensor.From([.. Enumerable.Range(0, matrix.Columns).Select(j => j == 0 ? 1.0 : 0)], [matrix.Columns])).ToArray<double>();
        Assert.All(alone.Index(), entry => Assert.Equal(dense[entry.Index, 0], entry.Item, 1e-12));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_iteration_finds_the_ends_of_the_spectrum(string name)
    {
        var matrix = Cases[name]();
        double[,] dense = Dense(matrix.MatMat, matrix.Columns, matrix.Rows);
        double[] expected = SingularValues.Of(Tensor.From([.. dense.Cast<double>()], [matrix.Rows, matrix.Columns]));
        var found = GolubKahan.Solve(matrix, new GolubKahanOptions { Tolerance = 1e-10 });
        Assert.Equal(expected[0], found.Largest, 1e-9 * expected[0]);
        Assert.Equal(expected[^1], found.Smallest, 1e-8 * expected[0]);
        Assert.True(found.LargestConverged && found.SmallestConverged);
    }

    [Fact]
    public void Products_are_counted_and_wrong_shapes_and_values_are_refused()
    {
        var matrix = new MatrixOperator(Tensor.Normal([4, 7], new Philox(1)));
        _ = matrix.MatMat(Tensor.Ones([3, 7]));
        _ = matrix.Adjoint.MatMat(Tensor.Ones([2, 4]));
        Assert.Equal((5L, 2L), (matrix.ProductCount, matrix.PassCount));
        Assert.Contains(
            "[K, 7] Float32; got [3, 4]", Assert.Throws<TensorShapeException>(() => matrix.MatMat(Tensor.Ones([3, 4]))).Message, StringComparison.Ordinal);
        Assert.Contains("[K, 4] Float32; got [3, 7]", Assert.Throws<TensorShapeException>(() => matrix.AdjointMatMat(Tensor.Ones([3, 7]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("[M, N]", Assert.Throws<TensorShapeException>(() => new MatrixOperator(Tensor.Ones([0, 7]))).Message, StringComparison.Ordinal);
        var spoilt = new MatrixOperator(Tensor.Full([2, 2], double.NaN));
        Assert.Contains(
            "Check the weights and the inputs", Assert.Throws<NonFiniteException>(() => GolubKahan.Solve(spoilt)).Message, StringComparison.Ordinal);
    }

    private static JacobianOperator Jacobian()
    {
        var model = new Sequential(new Linear(6, 5, type: DataType.Float64), new Tanh(), new Linear(5, 3, type: DataType.Float64));
        _ = model.Initialize(new Philox(3));
        var leaf = Tensor.Normal([1, 6], new Philox(2), type: DataType.Float64);
        leaf.RequiresGradient = true;
        return new JacobianOperator(new RecordedFunction(() => model.Forward(leaf), [leaf]), leaf);
    }

    private static double[,] Dense(Func<Tensor, Tensor> multiply, int from, int to)
    {
        var identity = Tensor.Zeros([from, from], DataType.Float64);
        for (int i = 0; i < from; i++)
            identity.Values<double>()[(i * from) + i] = 1;
        double[] products = multiply(identity).ToArray<double>();
        var dense = new double[to, from];
        for (int i = 0; i < products.Length; i++)
            dense[i % to, i / to] = products[i];
        return dense;
    }
}
