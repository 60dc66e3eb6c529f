namespace Kappa.Lab.Tests.Tasks.Cloning;

public sealed class FlowHeadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Noise_that_follows_the_true_velocity_becomes_the_chunk(int steps)
    {
        // Of one chunk y alone the velocity is (y - x) / (1 - t): any number of Euler steps ends in y.
        var head = new FlowHead(2, steps, new Philox(1));
        float[] chunks = new float[6];
        head.Act(new Field(input => new Field.Chunk([0.5f, -0.25f]).Velocity(input)), Tensor.From<float>([1, 2, 3], [3, 1]), 0, [0, 1, 2], chunks);
        for (int i = 0; i < 6; i++)
            Assert.Equal(i % 2 == 0 ? 0.5f : -0.25f, chunks[i], 1e-5f);
    }

    [Fact]
    public void What_is_drawn_follows_from_step_and_rollout_alone()
    {
        var head = new FlowHead(2, 3, new Philox(1));
        var still = new Field(input => Tensor.Zeros([input.Shape[0], 2]));
        float[] two = new float[4], one = new float[2], later = new float[2];
        head.Act(still, Tensor.Zeros([2, 1]), 7, [4, 9], two);
        head.Act(still, Tensor.Zeros([1, 1]), 7, [9], one);
        head.Act(still, Tensor.Zeros([1, 1]), 8, [9], later);
        Assert.Equal(two[2..], one);
        Assert.NotEqual(one, later);
    }

    [Fact]
    public void The_loss_is_that_of_flow_matching_and_a_fixed_one_repeats()
    {
        var rows = CloningRows.Of(new DemonstrationSet([0, 0, 0, 0], [0.5f, 0.5f, 0.5f, 0.5f], 1, 1, 1), 1, 1, 1, [1]);
        var head = new FlowHead(1, 3, new Philox(1));
        var truth = new Field(input => new Field.Chunk([0.5f]).Velocity(input));
        Assert.Equal(0, head.TrainingLoss(truth, rows, [0, 1, 2], 5).ToDouble(), 1e-6);
        Assert.Equal(0, head.MeanLoss(truth, rows, CancellationToken.None), 1e-6);
        var still = new Field(input => Tensor.Zeros([input.Shape[0], 1]));
        Assert.Equal(head.MeanLoss(still, rows, CancellationToken.None), head.FixedLoss(still, rows, [0, 1, 2, 3]).ToDouble(), 1e-6);
        Assert.NotEqual(head.TrainingLoss(still, rows, [0, 1], 5).ToDouble(), head.TrainingLoss(still, rows, [0, 1], 6).ToDouble());
    }

    [Fact]
    public void Beside_a_picture_numbers_stand_as_planes()
    {
        Shape? seen = null;
        var head = new FlowHead(2, 1, new Philox(1));
        head.Act(
            new Field(input =>
            {
                seen = input.Shape;
                var values = input.ToArray<float>();
                // Channels: a picture, two numbers, the time; each of the last three is one value all over.
                Assert.All(Enumerable.Range(1, 3), plane => Assert.Single(values.Skip(plane * 6).Take(6).Distinct()));
                return Tensor.Zeros([1, 2]);
            }),
            Tensor.From<float>([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]), 0, [0], new float[2]);
        Assert.Equal<Shape>([1, 4, 2, 3], seen!.Value);
        Assert.Equal<Shape>([4, 2, 3], head.InputShape([1, 2, 3]));
    }

    /// <summary>A velocity field that is known.</summary>
    private sealed class Field(Func<Tensor, Tensor> velocity) : Module
    {
        protected override Tensor ForwardCore(Tensor input) => velocity(input);

        /// <summary>One chunk that all noise flows to.</summary>
        internal sealed record Chunk(float[] Goal)
        {
            internal Tensor Velocity(Tensor input)
            {
                int columns = input.Shape[1], size = Goal.Length;
                float[] values = input.ToArray<float>(), result = new float[input.Shape[0] * size];
                for (int i = 0; i < result.Length; i++)
                {
                    int row = i / size;
                    float point = values[(row * columns) + columns - 1 - size + (i % size)], time = values[(row * columns) + columns - 1];
                    result[i] = (Goal[i % size] - point) / (1 - time);
                }
                return Tensor.From<float>(result, [input.Shape[0], size]);
            }
        }
    }
}
