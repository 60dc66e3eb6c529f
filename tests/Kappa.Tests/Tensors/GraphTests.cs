using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;

namespace Kappa.Tests.Tensors;

public sealed class GraphTests
{
    [Fact]
    public void A_gradient_adds_up_over_backward_passes_until_it_is_cleared()
    {
        var x = Parameter(2, 3);
        x.Square().Sum().Backward();
        Assert.Equal([4.0, 6], x.Gradient!.ToArray<double>());
        x.Square().Sum().Backward();
        Assert.Equal([8.0, 12], x.Gradient!.ToArray<double>());
        x.ZeroGrad();
        Assert.Null(x.Gradient);
        x.Square().Sum().Backward();
        Assert.Equal([4.0, 6], x.Gradient!.ToArray<double>());
    }

    [Fact]
    public void A_leaf_is_complete_after_the_last_operation_that_uses_it()
    {
        Tensor early = Parameter(2, 3), late = Parameter(5, 7), twice = Parameter(1, 4), unused = Parameter(1), cut = Parameter(2, 2);
        var loss = (((early.Square() * twice) + (cut * 0.0).Detach()).Exp() * late * twice).Sum();
        var complete = new List<(Tensor Leaf, double[]? Gradient)>();
        loss.Backward(leaf => complete.Add((leaf, leaf.Gradient?.ToArray<double>())));
        Assert.Equal(3, complete.Count);
        Assert.True(complete.Select(pair => pair.Leaf).ToHashSet().SetEquals([early, late, twice]));
        Assert.Equal(late, complete[0].Leaf);
        Assert.All(complete, pair => Assert.Equal(pair.Leaf.Gradient!.ToArray<double>(), pair.Gradient!));
        Assert.Null(unused.Gradient);
    }

    [Fact]
    public void The_same_graph_can_be_walked_twice()
    {
        var x = Parameter(2, 3);
        var loss = (x * x.Exp()).Sum();
        loss.Backward();
        var once = x.Gradient!.ToArray<double>();
        loss.Backward();
        Assert.Equal(once.Select(value => 2 * value), x.Gradient!.ToArray<double>());
    }

    [Fact]
    public void Paths_through_a_tensor_that_is_used_several_times_sum()
    {
        var x = Parameter(3);
        var y = 2.0 * x;
        // d/dx of (y + y) y + y = 2 y^2 + y with y = 2 x is 2 (4 y + 1).
        (((y + y) * y) + y).Sum().Backward();
        Assert.Equal([50.0], x.Gradient!.ToArray<double>());
    }

    [Fact]
    public void Adding_a_tensor_to_itself_many_times_leaves_every_buffer_intact()
    {
        var x = Parameter(1, 2, 3);
        var y = x + x;
        for (int i = 0; i < 20; i++)
            y += y;
        y.Sum().Backward();
        Assert.All(x.Gradient!.ToArray<double>(), value => Assert.Equal(1 << 21, value));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_gradient_shared_by_two_inputs_is_not_written_by_either(bool byProduct, bool sumFirst)
    {
        var (p, q) = (Parameter(1, 2, 3, 4), Parameter(5, 6, 7, 8));
        var (a, b) = (p.Reshape([2, 2]) * 1, q.Reshape([2, 2]) * 1);
        // The gradient at the sum goes to a and b as one buffer; a also gets a share that is added to it, by a product that writes in place or by a sum.
        var sum = (a + b).Sum();
        var other = byProduct ? a.MatMul(Tensor.From([1.0, 0, 0, 1], [2, 2])).Sum() : (a * 1).Sum();
        // b is recorded first in this chain, so the pass comes to it last, when the buffer it shares has been exposed to a's second share.
        var last = b.Sum() + other;
        (sumFirst ? sum + last : last + sum).Backward();
        Assert.Equal([2.0, 2, 2, 2], p.Gradient!.ToArray<double>());
        Assert.Equal([2.0, 2, 2, 2], q.Gradient!.ToArray<double>());
    }

    [Fact]
    public void The_gradient_given_at_the_output_is_left_alone_and_may_be_the_gradient_that_is_added_to()
    {
        var x = Matrix(3, 3, seed: 2);
        x.RequiresGradient = true;
        var weight = Matrix(3, 3, seed: 3);
        var start = Matrix(3, 3, seed: 4);
        var copy = start.ToArray<double>();
        (x + x).Backward(start);
        Assert.Equal(copy, start.ToArray<double>());
        Assert.Equal(copy.Select(value => 2 * value), x.Gradient!.ToArray<double>());

        // x.Gradient is read as the gradient at the output and written as the gradient of x in one pass.
        var expected = x.Gradient.Clone() + x.Gradient.MatMul(weight, transposeB: true);
        x.MatMul(weight).Backward(x.Gradient);
        AssertClose(expected.ToArray<double>(), x.Gradient!.ToArray<double>());
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients_to_find_or_inside_NoGradient()
    {
        var x = Parameter(1);
        using (NoGradient.Begin())
        {
            using (NoGradient.Begin())
                Assert.False((x * x).RequiresGradient);
            Assert.False((x * x).RequiresGradient);
        }

        Assert.True((x * x).RequiresGradient);
        Assert.False((Tensor.Ones([2]) * Tensor.Ones([2])).RequiresGradient);
        var quiet = NoGradient.Begin();
        quiet.Dispose();
        quiet.Dispose();
        Assert.True((x * x).RequiresGradient);
    }

    [Fact]
    public void NoGradient_refuses_to_end_on_another_thread_and_leaves_both_threads_right()
    {
        var x = Parameter(1);
        var quiet = NoGradient.Begin();
        bool recordsElsewhere = false;
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            thrown = Record.Exception(quiet.Dispose);
            recordsElsewhere = (x * x).RequiresGradient;
        });
        thread.Start();
        thread.Join();
        _ = Assert.IsType<InvalidOperationException>(thrown);
        Assert.True(recordsElsewhere);
        // On again where it was switched off, so that nothing later on this thread goes unrecorded without a word.
        Assert.True((x * x).RequiresGradient);
        quiet.Dispose();
        Assert.True((x * x).RequiresGradient);
    }

    [Fact]
    public void Detach_shares_memory_and_cuts_the_history()
    {
        var x = Parameter(2);
        var y = x.Square();
        var detached = y.Detach();
        Assert.False(detached.RequiresGradient);
        detached.Values<double>()[0] = 5;
        Assert.Equal(5, y.ToDouble());
        (x * detached).Sum().Backward();
        Assert.Equal(5, x.Gradient!.ToDouble());
    }

    [Fact]
    public void A_leaf_is_its_own_loss()
    {
        var x = Tensor.Scalar(3, DataType.Float64);
        x.RequiresGradient = true;
        x.Backward();
        Assert.Equal(1, x.Gradient!.ToDouble());
    }

    [Fact]
    public void Only_leaves_keep_a_gradient()
    {
        var x = Parameter(2);
        var y = x.Square();
        y.Backward();
        Assert.Null(y.Gradient);
        Assert.NotNull(x.Gradient);
    }

    [Fact]
    public void A_parameter_that_stops_requiring_a_gradient_gets_none_from_graphs_recorded_before()
    {
        foreach (var use in (Func<Tensor, Tensor>[])[x => x.Gather(Tensor.From(0, 1)).Sum(), x => x.Square().Sum(), x => x.MatMul(x).Sum(),
            x => x.Linear(x, null).Sum()])
        {
            var frozen = Matrix(2, 2, seed: 5);
            var other = Parameter(1);
            frozen.RequiresGradient = true;
            var loss = use(frozen) * other;
            frozen.RequiresGradient = false;
            loss.Sum().Backward();
            Assert.Null(frozen.Gradient);
            Assert.NotNull(other.Gradient);
        }
    }

    [Fact]
    public void A_gradient_that_was_disposed_starts_over()
    {
        var x = Parameter(2);
        x.Square().Backward();
        x.Gradient!.Dispose();
        x.Square().Backward();
        Assert.Equal(4, x.Gradient!.ToDouble());
    }

    [Fact]
    public void Concat_keeps_the_parts_it_was_given()
    {
        var (a, b) = (Parameter(1), Parameter(2));
        var parts = new[] { a, b };
        var joined = Tensor.Concat(0, parts);
        parts[0] = b;
        joined.Sum().Backward();
        Assert.Equal(1, a.Gradient!.ToDouble());
        Assert.Equal(1, b.Gradient!.ToDouble());
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_operations_needs_no_deep_stack()
    {
        var x = Tensor.Scalar(1, DataType.Float64);
        x.RequiresGradient = true;
        Exception? error = null;
        // A stack of 256 KiB would not hold a hundred thousand frames.
        var thread = new Thread(() => error = Record.Exception(() =>
        {
            using var scope = TensorScope.Begin();
            var y = x;
            for (int i = 0; i < 100_000; i++)
                y += x;
            y.Backward();
        }), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(error);
        Assert.Equal(100_001, x.Gradient!.ToDouble());
    }

    [Fact]
    public void Each_operation_of_a_ladder_of_diamonds_is_visited_once()
    {
        // 2^60 paths lead from the output to the input: only a walk that visits each node once ends.
        var x = Parameter(1);
        var y = x;
        for (int i = 0; i < 60; i++)
            y = (y * 0.5) + (y * 0.5);
        y.Backward();
        Assert.Equal(1, x.Gradient!.ToDouble());
    }

    [Fact]
    public void A_backward_pass_that_fails_leaves_the_graph_usable()
    {
        var x = Parameter(2);
        var released = Tensor.Full([1], 3, DataType.Float64);
        var good = x.Square();
        var bad = good * released;
        released.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(bad.Backward);
        x.ZeroGrad();
        good.Backward();
        Assert.Equal(4, x.Gradient!.ToDouble());
        Assert.True(Recording.IsActive);
    }

    [Fact]
    public void A_tensor_kept_beyond_its_scope_still_gives_gradients_where_no_released_value_is_needed()
    {
        var x = Parameter(3);
        Tensor linear, square;
        using (TensorScope.Begin())
        {
            linear = ((x * 2) + 1).Keep();
            square = (x * 2).Square().Keep();
        }

        linear.Backward();
        Assert.Equal(2, x.Gradient!.ToDouble());
        _ = Assert.Throws<ObjectDisposedException>(square.Backward);
    }

    [Fact]
    public async Task Two_threads_train_two_models_as_one_would()
    {
        float[] Train(ulong seed)
        {
            var generator = new Philox(seed);
            var model = new Sequential(new Linear(20, 150), new Tanh(), new Linear(150, 3)).Initialize(generator);
            var x = Tensor.Normal([200, 20], generator);
            var y = Tensor.Normal([200, 3], generator);
            for (int step = 0; step < 30; step++)
            {
                using var scope = TensorScope.Begin();
                Loss.MeanSquaredError(model.Forward(x), y).Backward();
                foreach (var (_, tensor) in model.Parameters())
                {
                    tensor.CopyFromInPlace(tensor.Detach() - (0.05 * tensor.Gradient!));
                    tensor.ZeroGrad();
                }
            }

            return [.. model.Parameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];
        }

        var expected = (Train(1), Train(2));
        var first = Task.Run(() => Train(1));
        var second = Task.Run(() => Train(2));
        Assert.Equal(expected.Item1, await first);
        Assert.Equal(expected.Item2, await second);
    }

    private static Tensor Parameter(params double[] values)
    {
        var tensor = Tensor.From(values);
        tensor.RequiresGradient = true;
        return tensor;
    }

    private static Tensor Matrix(int rows, int columns, ulong seed) => Tensor.Normal([rows, columns], new Philox(seed), type: DataType.Float64);

    private static void AssertClose(double[] expected, double[] actual)
    {
        foreach (var (a, b) in expected.Zip(actual))
            Assert.Equal(a, b, 1e-12);
    }
}
