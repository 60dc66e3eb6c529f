using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

/// <summary>Derivatives of whole networks, against the dense matrices.</summary>
public sealed class RecordedFunctionTests
{
    private static readonly Tensor Inputs = Tensor.Normal([5, 3], new Philox(1), type: DataType.Float64).Keep();
    private static readonly Tensor Labels = Tensor.From(0, 3, 1, 2, 3).Keep();

    [Fact]
    public void The_Hessian_of_a_network_equals_the_dense_one_by_differences_of_gradients()
    {
        var (model, leaves) = Network();
        int size = leaves.Sum(leaf => leaf.Count);
        double[,] dense = new double[size, size];
        for (int column = 0; column < size; column++)
        {
            double[] difference = [
                .. GradientShifted(model, leaves, column, 1e-5).Zip(GradientShifted(model, leaves, column, -1e-5), (a, b) => (a - b) / 2e-5)];
            for (int row = 0; row < size; row++)
                dense[row, column] = difference[row];
        }

        double[] identity = new double[size * size];
        for (int i = 0; i < size; i++)
            identity[(i * size) + i] = 1;
        var product = Differentiate.HessianMatrixProduct(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves, Split(identity, size, leaves));
        double[] columns = Flatten(product.Products, size);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
                Assert.Equal(dense[i, j], columns[(j * size) + i], 1e-8);
        }
    }

    [Fact]
    public void The_Gauss_Newton_product_equals_the_dense_formula()
    {
        var (model, leaves) = Network();
        int size = leaves.Sum(leaf => leaf.Count);
        using var recorded = new RecordedFunction(() => model.Forward(Inputs), leaves);
        var basis = Tensor.Zeros([20, 5, 4], DataType.Float64);
        for (int i = 0; i < 20; i++)
            basis.Values<double>()[(i * 20) + i] = 1;
        double[] jacobian = Flatten(recorded.Vjp(basis), 20);
        var vectors = Directions(leaves, 2);
        double[] v = Flatten(vectors, 2);
        double[] expected = new double[2 * size];
        double[] logits = recorded.Value.ToArray<double>();
        for (int k = 0; k < 2; k++)
        {
            for (int row = 0; row < 5; row++)
            {
                double[] p = [.. logits.Skip(4 * row).Take(4).Select(Math.Exp)];
                double total = p.Sum();
                double[] jv = [.. Enumerable.Range(0, 4)
                    .Select(c => Enumerable.Range(0, size).Sum(i => jacobian[(((4 * row) + c) * size) + i] * v[(k * size) + i]))];
                double mean = Enumerable.Range(0, 4).Sum(c => p[c] / total * jv[c]);
                for (int c = 0; c < 4; c++)
                {
                    for (int i = 0; i < size; i++)
                        expected[(k * size) + i] += p[c] / total * (jv[c] - mean) / 5 * jacobian[(((4 * row) + c) * size) + i];
                }
            }
        }

        double[] actual = Flatten(Differentiate.GaussNewtonProduct(() => model.Forward(Inputs), y => Loss.CrossEntropy(y, Labels), leaves, vectors), 2);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-12);
    }

    [Fact]
    public void Gradients_of_samples_average_to_the_gradient_of_the_batch()
    {
        var (model, leaves) = Network();
        var each = Differentiate.PerSampleGradients(i => Loss.CrossEntropy(model.Forward(Inputs.Slice(0, i, 1)), Labels.Slice(0, i, 1)), 5, leaves);
        var (_, whole) = Differentiate.Gradient(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves);
        for (int i = 0; i < leaves.Length; i++)
        {
            double[] mean = each[i].Mean(0).ToArray<double>();
            Assert.Equal(whole[i].Count, mean.Length);
            for (int j = 0; j < mean.Length; j++)
                Assert.Equal(whole[i].ToArray<double>()[j], mean[j], 1e-14);
        }
    }

    [Fact]
    public void Tangents_that_do_not_fit_are_split_into_passes_with_the_same_products()
    {
        var (model, leaves) = Network();
        var vectors = Directions(leaves, 7);
        using var whole = new RecordedFunction(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves);
        using var split = new RecordedFunction(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves) { TangentMemoryLimit = 900 };
        var (expected, actual) = (whole.HessianProduct(vectors, withGradient: true), split.HessianProduct(vectors, withGradient: true));
        Assert.Equal(1, expected.Passes);
        Assert.Equal(4, actual.Passes);
        for (int i = 0; i < leaves.Length; i++)
        {
            Assert.Equal(expected.Products[i].ToArray<double>(), actual.Products[i].ToArray<double>());
            Assert.Equal(expected.Gradient![i].ToArray<double>(), actual.Gradient![i].ToArray<double>());
        }
    }

    [Fact]
    public void The_leaves_own_gradients_and_their_observers_are_left_alone()
    {
        var (model, leaves) = Network();
        var optimizer = new DoPr(new SGD(model.Parameters(), learningRate: 1), model);
        Loss.CrossEntropy(model.Forward(Inputs), Labels).Backward();
        double[][] before = [.. leaves.Select(leaf => leaf.Gradient!.ToArray<double>())];
        optimizer.ZeroGrad();
        Loss.CrossEntropy(model.Forward(Inputs), Labels).Backward();
        _ = Differentiate.HessianVectorProduct(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves, Directions(leaves, null));
        _ = Differentiate.Gradient(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves);
        Assert.Equal(before, leaves.Select(leaf => leaf.Gradient!.ToArray<double>()));
    }

    [Fact]
    public void Recording_works_inside_NoGradient_and_what_does_not_depend_on_a_leaf_has_derivative_zero()
    {
        var (model, leaves) = Network();
        using var quiet = NoGradient.Begin();
        var (_, gradient) = Differentiate.Gradient(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), [leaves[0]]);
        Assert.Contains(gradient[0].ToArray<double>(), value => value != 0);
        var other = Tensor.Ones([2], DataType.Float64);
        other.RequiresGradient = true;
        using var recorded = new RecordedFunction(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), [other]);
        Assert.Equal([0, 0], recorded.Gradient()[0].ToArray<double>());
        Assert.Equal([0, 0], recorded.HessianProduct([Tensor.Ones([2], DataType.Float64)]).Products[0].ToArray<double>());
        Assert.Equal(0, recorded.Jvp([Tensor.Ones([2], DataType.Float64)]).ToDouble());
        using var itself = new RecordedFunction(() => other, [other]);
        Assert.Equal([3, 3], itself.Jvp([Tensor.Full([2], 3, DataType.Float64)]).ToArray<double>());
        Assert.Equal([3, 3], itself.Vjp(Tensor.Full([2], 3, DataType.Float64))[0].ToArray<double>());
    }

    [Fact]
    public void What_the_function_computed_is_given_back_when_the_record_is()
    {
        var (model, leaves) = Network();
        Tensor? inside = null;
        var recorded = new RecordedFunction(() => Loss.CrossEntropy(inside = model.Forward(Inputs), Labels), leaves);
        Assert.False(inside!.IsReleased);
        var product = recorded.HessianProduct(Directions(leaves, null));
        recorded.Dispose();
        recorded.Dispose();
        Assert.True(inside.IsReleased);
        Assert.False(product.Products[0].IsReleased);
        _ = Assert.Throws<ObjectDisposedException>(() => recorded.Gradient());
    }

    [Fact]
    public void Products_in_steady_state_allocate_no_tensor_memory()
    {
        var (model, leaves) = Network();
        using var vectorScope = TensorScope.Begin();
        var vectors = Directions(leaves, 4);
        void Product()
        {
            using var scope = TensorScope.Begin();
            _ = Differentiate.HessianMatrixProduct(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves, vectors);
        }

        for (int i = 0; i < 5; i++)
            Product();
        long before = Kappa.Tensors.Memory.StoragePool.AllocatedBytes;
        for (int i = 0; i < 50; i++)
            Product();
        Assert.Equal(before, Kappa.Tensors.Memory.StoragePool.AllocatedBytes);
    }

    [Fact]
    public void A_Hessian_product_of_cross_entropy_takes_its_result_and_no_further_copy_of_the_logits()
    {
        // Sizes that nothing else in the tests uses, so that the pool has no block to hand out.
        var logits = Tensor.Normal([211, 1777], new Philox(1));
        var direction = Tensor.Normal([211, 1777], new Philox(2));
        int[] labels = [.. Enumerable.Range(0, 211).Select(i => (i * 7) % 1777)];
        logits.RequiresGradient = true;
        using var recorded = new RecordedFunction(() => Loss.CrossEntropy(logits, Tensor.From(labels)), [logits]);
        long before = Kappa.Tensors.Memory.StoragePool.AllocatedBytes;
        var product = recorded.HessianProduct([direction]);
        long taken = Kappa.Tensors.Memory.StoragePool.AllocatedBytes - before;
        Assert.InRange(taken, 0, 1.3 * 4 * logits.Count);
        Assert.Contains(product.Products[0].ToArray<float>(), value => value != 0);
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        var (model, leaves) = Network();
        Tensor Scalar() => Loss.CrossEntropy(model.Forward(Inputs), Labels);
        Assert.Contains("at least one leaf", Assert.Throws<ArgumentException>(() => Differentiate.Gradient(Scalar, [])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "comes twice", Assert.Throws<ArgumentException>(() => Differentiate.Gradient(Scalar, [leaves[0], leaves[0]])).Message, StringComparison.Ordinal);
        Assert.Contains("leaf 1 must be a tensor with RequiresGradient",
            Assert.Throws<ArgumentException>(() => Differentiate.Gradient(Scalar, [leaves[0], Inputs])).Message, StringComparison.Ordinal);
        Assert.Contains("the function's value is [5, 4]",
            Assert.Throws<TensorShapeException>(() => Differentiate.Gradient(() => model.Forward(Inputs), leaves)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "the direction for leaf 0 (0.weight) must be [6, 3]",
            Assert.Throws<TensorShapeException>(() => Differentiate.HessianVectorProduct(Scalar, leaves, leaves.Reverse().ToArray())).Message,
            StringComparison.Ordinal);
        Assert.Contains("expected a direction for each of 4 leaves; got 1",
            Assert.Throws<ArgumentException>(() => Differentiate.Jvp(Scalar, leaves, [leaves[0]])).Message, StringComparison.Ordinal);
        Assert.Contains("the gradient at the output must be",
            Assert.Throws<TensorShapeException>(() => Differentiate.Vjp(() => model.Forward(Inputs), leaves, Inputs)).Message, StringComparison.Ordinal);
        _ = Assert.Throws<NonFiniteException>(
            () => Differentiate.HessianVectorProduct(() => (model.Forward(Inputs) * double.NaN).Sum(), leaves, Directions(leaves, null)));
    }

    private static (Sequential Model, Tensor[] Leaves) Network()
    {
        var model = new Sequential(new Linear(3, 6, type: DataType.Float64), new Tanh(), new Linear(6, 4, type: DataType.Float64));
        _ = model.Initialize(new Philox(4));
        return (model, [.. model.Parameters().Select(parameter => parameter.Tensor)]);
    }

    private static Tensor[] Directions(Tensor[] leaves, int? count) =>
        [.. leaves.Select((leaf, i) => Tensor.Normal(
            count is { } k ? [k, .. leaf.Shape.ToArray()] : leaf.Shape, new Philox(9).Split(i), type: DataType.Float64))];

    private static double[] GradientShifted(Module model, Tensor[] leaves, int index, double shift)
    {
        int leaf = 0;
        for (; index >= leaves[leaf].Count; leaf++)
            index -= leaves[leaf].Count;
        double old = leaves[leaf].Values<double>()[index];
        leaves[leaf].Values<double>()[index] = old + shift;
        var (_, gradient) = Differentiate.Gradient(() => Loss.CrossEntropy(model.Forward(Inputs), Labels), leaves);
        leaves[leaf].Values<double>()[index] = old;
        return [.. gradient.SelectMany(part => part.ToArray<double>())];
    }

    private static Tensor[] Split(double[] rows, int count, Tensor[] leaves)
    {
        int size = rows.Length / count;
        int start = 0;
        return [.. leaves.Select(leaf =>
        {
            double[] part = [.. Enumerable.Range(0, count).SelectMany(k => rows.Skip((k * size) + start).Take(leaf.Count))];
            start += leaf.Count;
            return Tensor.From(part, [count, .. leaf.Shape.ToArray()]);
        })];
    }

    private static double[] Flatten(IReadOnlyList<Tensor> parts, int count) =>
        [.. Enumerable.Range(0, count).SelectMany(k => parts.SelectMany(part => part.Entry(k).ToArray<double>()))];
}
