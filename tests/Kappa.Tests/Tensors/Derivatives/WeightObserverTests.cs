using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

public sealed class WeightObserverTests
{
    [Fact]
    public void Each_use_is_seen_with_its_input_and_output_gradient_which_give_the_weights_gradient()
    {
        var weight = Leaf([4, 3]);
        var seen = new List<(int[] Input, int[] OutputGradient, double[] Product)>();
        using var observation = weight.Observe(new Observer(use =>
        {
            var linear = Assert.IsType<LinearUse>(use);
            Assert.Same(weight, use.Weight);
            seen.Add((linear.Input.Shape.ToArray(), linear.OutputGradient.Shape.ToArray(),
                linear.OutputGradient.MatMul(linear.Input, transposeA: true).ToArray<double>()));
            return false;
        }));
        var (a, b) = (Normal([5, 3], 1), Normal([2, 3], 2));
        (a.Linear(weight, null, Activation.Tanh).Sum() + b.MatMul(weight, transposeB: true).Square().Sum()).Backward();
        Assert.Equal(2, seen.Count);
        Assert.Contains(seen, use => use.Input is [5, 3] && use.OutputGradient is [5, 4]);
        Assert.Contains(seen, use => use.Input is [2, 3] && use.OutputGradient is [2, 4]);
        double[] gradient = weight.Gradient!.ToArray<double>();
        Assert.All(gradient.Index(), entry => Assert.Equal(seen.Sum(use => use.Product[entry.Index]), entry.Item, 1e-12));
    }

    [Fact]
    public void A_convolution_is_seen_as_patches_and_a_table_by_its_indices()
    {
        var kernel = Leaf([4, 2, 3, 3]);
        var table = Leaf([7, 3]);
        double[] product = [];
        int[] indices = [];
        using var first = kernel.Observe(new Observer(use =>
        {
            var convolution = Assert.IsType<ConvolutionUse>(use);
            using var patches = convolution.Patches();
            using var gradients = convolution.OutputGradients();
            Assert.Equal([2 * 25, 18], patches.Shape);
            Assert.Equal((50, 50, 4), (convolution.Rows, gradients.Shape[0], gradients.Shape[1]));
            product = gradients.MatMul(patches, transposeA: true).ToArray<double>();
            return false;
        }));
        using var second = table.Observe(new Observer(use =>
        {
            indices = Assert.IsType<RowsUse>(use).Indices.ToArray<int>();
            return false;
        }));
        (Normal([2, 2, 5, 5], 1).Conv2d(kernel, null, padding: 1).Square().Sum() + table.Gather(Tensor.From([1, 1, 6], [3])).Square().Sum()).Backward();
        Assert.Equal([1, 1, 6], indices);
        double[] gradient = kernel.Gradient!.ToArray<double>();
        Assert.All(gradient.Index(), entry => Assert.Equal(product[entry.Index], entry.Item, 1e-10));
    }

    [Fact]
    public void An_observer_that_takes_a_use_over_writes_the_gradient_when_it_is_first_read()
    {
        var weight = Leaf([4, 3]);
        int completed = 0;
        WeightObservation observation = null!;
        var observer = new Observer(_ => true, changes: true)
        {
            Complete = () =>
            {
                completed++;
                var gradient = observation.GradientToWrite(out bool holdsShare);
                Assert.False(holdsShare);
                gradient.CopyFromInPlace(Tensor.Full(gradient.Shape, 7, DataType.Float64));
            },
        };
        observation = weight.Observe(observer);
        var x = Normal([5, 3], 1);
        x.Linear(weight, null).Sum().Backward();
        Assert.Equal(0, completed);
        Assert.All(weight.Gradient!.ToArray<double>(), value => Assert.Equal(7, value));
        _ = weight.Gradient;
        Assert.Equal(1, completed);
        weight.ZeroGrad();
        Assert.Equal(1, observer.Resets);
        observation.Dispose();
        x.Linear(weight, null).Sum().Backward();
        Assert.All(weight.Gradient!.ToArray<double>().Index(),
            entry => Assert.Equal(Enumerable.Range(0, 5).Sum(row => x.ToArray<double>()[(row * 3) + (entry.Index % 3)]), entry.Item, 1e-12));
    }

    [Fact]
    public void One_observer_at_most_changes_a_gradient_and_it_has_to_say_so()
    {
        var weight = Leaf([2, 2]);
        using var first = weight.Observe(new Observer(_ => false, changes: true));
        using var looking = weight.Observe(new Observer(_ => false));
        Assert.Contains("one observer at most", Assert.Throws<InvalidOperationException>(() => weight.Observe(new Observer(_ => false, changes: true))).Message,
            StringComparison.Ordinal);
        Assert.Contains("ChangesGradient", Assert.Throws<InvalidOperationException>(() => looking.GradientToWrite(out _)).Message, StringComparison.Ordinal);
        Assert.Contains("has to be a leaf", Assert.Throws<InvalidOperationException>(() => (weight * 2.0).Observe(new Observer(_ => false))).Message,
            StringComparison.Ordinal);
        Assert.Contains("has to be a leaf", Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([2, 2]).Observe(new Observer(_ => false))).Message,
            StringComparison.Ordinal);
    }

    private static Tensor Normal(Shape shape, ulong seed) => Tensor.Normal(shape, new Philox(seed), type: DataType.Float64);

    private static Tensor Leaf(Shape shape)
    {
        var leaf = Normal(shape, 3);
        leaf.RequiresGradient = true;
        return leaf;
    }

    private sealed class Observer(Func<WeightUse, bool> observe, bool changes = false) : IWeightObserver
    {
        public bool ChangesGradient => changes;

        public Action Complete { get; init; } = () => { };

        public int Resets { get; private set; }

        public bool Observe(WeightUse use) => observe(use);

        public void CompleteGradient(Tensor weight) => Complete();

        public void Reset(Tensor weight) => Resets++;
    }
}
