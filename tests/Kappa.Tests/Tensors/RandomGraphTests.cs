using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

/// <summary>Random programs over a pool of 3 x 3 matrices, so that gradients are shared, split, reshaped and summed in every order.</summary>
public sealed class RandomGraphTests
{
    private const int LeafCount = 3;
    private static readonly Shape Square = [3, 3];

    private static readonly Func<Tensor, Tensor, Tensor>[] Operations =
    [
        (a, b) => a + b,
        (a, _) => a + a,
        (a, b) => a - b,
        (a, _) => a - a.Tanh(),
        (a, b) => a * b.Tanh(),
        (a, b) => a / (b.Square() + 1),
        (a, _) => a * -0.5,
        (a, _) => -a,
        (a, _) => a.Reshape([9]).Reshape(Square),
        (a, b) => (a.Reshape([9]) + b.Reshape([9])).Reshape(Square),
        (a, _) => a.Reshape([9]).Reshape([1, 3, 3]).Reshape(Square),
        (a, _) => a.Transpose(),
        (a, b) => a.MatMul(b).Tanh(),
        (a, b) => a.MatMul(b, transposeA: true).Tanh(),
        (a, b) => a.MatMul(b, transposeB: true).Tanh(),
        (a, b) => a.Linear(b, null, Activation.Tanh),
        (a, b) => a.Linear(b, b.Sum(0), Activation.Sigmoid),
        (a, b) => a.Linear(a, a.Slice(0, 1, 1).Reshape([3]), Activation.Silu).Tanh() + b,
        (a, b) => a + b.Sum(0, keepAxis: true).Tanh(),
        (a, b) => a + b.Sum(1, keepAxis: true).Tanh(),
        (a, b) => a * b.Mean(),
        (a, b) => Tensor.Concat(0, a.Slice(0, 0, 1), b.Slice(0, 1, 2)),
        (a, _) => Tensor.Concat(1, a.Slice(1, 2, 1), a.Slice(1, 0, 2)),
        (a, _) => a.Softmax(),
        (a, _) => a.Gather(Tensor.From(2, 0, 2)),
        (a, b) => a.Tanh().Gather(Tensor.From(1, 1, 1)) + b,
        (a, b) => a + b.Detach(),
    ];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_of_random_programs_agree_with_central_differences(int seed)
    {
        using var scope = TensorScope.Begin();
        var leaves = Leaves(seed);
        // Detach holds a value constant, so the program that is differenced must not contain it.
        var tensors = Run(leaves, seed, detachAllowed: false);
        Loss(tensors, seed).Backward();
        for (int leaf = 0; leaf < LeafCount; leaf++)
        {
            var gradient = leaves[leaf].Gradient?.ToArray<double>() ?? new double[9];
            for (int i = 0; i < 9; i++)
                Assert.Equal(Difference(leaves, leaf, i, seed), gradient[i], 1e-7 * Math.Max(1, Math.Abs(gradient[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_backward_pass_changes_no_value_and_a_second_one_doubles_the_gradient(int seed)
    {
        using var scope = TensorScope.Begin();
        var leaves = Leaves(seed);
        var tensors = Run(leaves, seed, detachAllowed: true);
        var before = tensors.Select(tensor => tensor.ToArray<double>()).ToArray();
        var loss = Loss(tensors, seed);
        loss.Backward();
        var once = leaves.Select(leaf => leaf.Gradient?.ToArray<double>()).ToArray();
        loss.Backward();
        for (int i = 0; i < tensors.Count; i++)
            Assert.Equal(before[i], tensors[i].ToArray<double>());
        for (int leaf = 0; leaf < LeafCount; leaf++)
        {
            var twice = leaves[leaf].Gradient?.ToArray<double>();
            Assert.Equal(once[leaf] is null, twice is null);
            for (int i = 0; i < (twice?.Length ?? 0); i++)
                Assert.Equal(2 * once[leaf]![i], twice![i], 1e-12 * Math.Max(1, Math.Abs(twice[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_do_not_depend_on_the_memory_having_been_used_before(int seed)
    {
        // Once on fresh storage, without a scope, and once on blocks full of NaN.
        double[][] Gradients()
        {
            var leaves = Leaves(seed);
            Loss(Run(leaves, seed, detachAllowed: true), seed).Backward();
            return [.. leaves.Select(leaf => leaf.Gradient?.ToArray<double>() ?? [])];
        }

        var expected = Gradients();
        using (TensorScope.Begin())
        {
            for (int i = 0; i < 500; i++)
                _ = Tensor.Full([1 + (i % 12)], double.NaN, DataType.Float64);
        }

        using var scope = TensorScope.Begin();
        Assert.Equal(expected, Gradients());
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 150)];

    private static Tensor[] Leaves(int seed) => [.. Enumerable.Range(0, LeafCount).Select(leaf =>
    {
        var tensor = Tensor.Normal(Square, new Philox((ulong)seed).Split(leaf), type: DataType.Float64);
        tensor.RequiresGradient = true;
        return tensor;
    })];

    private static List<Tensor> Run(Tensor[] leaves, int seed, bool detachAllowed)
    {
        var generator = new Philox((ulong)seed).Split("program");
        var pool = new List<Tensor>(leaves);
        int length = 3 + generator.NextInt32(18);
        int choices = Operations.Length - (detachAllowed ? 0 : 1);
        for (int i = 0; i < length; i++)
        {
            var result = Operations[generator.NextInt32(choices)](Pick(pool, generator), Pick(pool, generator));
            // Bounded, so that the differences stay accurate however long the program.
            pool.Add(result.ToArray<double>().Max(Math.Abs) > 4 ? result.Tanh() : result);
        }

        return pool;
    }

    /// <summary>Recent tensors are picked more often than old ones.</summary>
    private static Tensor Pick(List<Tensor> pool, Philox generator) =>
        generator.NextInt32(2) == 0 ? pool[generator.NextInt32(pool.Count)] : pool[^(1 + generator.NextInt32(Math.Min(3, pool.Count)))];

    private static Tensor Loss(List<Tensor> pool, int seed)
    {
        var generator = new Philox((ulong)seed).Split("loss");
        return pool[^1].Tanh().Sum() + (Pick(pool, generator).Tanh() * 0.5).Mean();
    }

    private static double Difference(Tensor[] leaves, int leaf, int index, int seed)
    {
        const double Step = 2e-4;
        double At(double shift)
        {
            using var scope = TensorScope.Begin();
            using var quiet = NoGradient.Begin();
            double old = leaves[leaf].Values<double>()[index];
            leaves[leaf].Values<double>()[index] = old + shift;
            double value = Loss(Run(leaves, seed, detachAllowed: false), seed).ToDouble();
            leaves[leaf].Values<double>()[index] = old;
            return value;
        }

        return ((8 * (At(Step) - At(-Step))) - (At(2 * Step) - At(-2 * Step))) / (12 * Step);
    }
}
