namespace Kappa.Lab.Tests.Studies.Train;

public sealed class WeightSizesTests
{
    public static TheoryData<int[], int, int> Perceptrons => new()
    {
        { [], 7, 3 },
        { [5], 7, 3 },
        { [5], 5, 3 },
        { [5], 7, 5 },
        { [5], 5, 5 },
        { [3], 7, 3 },
        { [5, 5, 5], 7, 3 },
        { [5, 5], 5, 3 },
        { [5, 5], 7, 5 },
        { [6, 5], 5, 6 },
        { [3, 7], 7, 3 },
        { [7, 3], 3, 7 },
    };

    [Theory]
    [MemberData(nameof(Perceptrons))]
    public void Inputs_and_outputs_are_found_whatever_the_order_of_the_tensors(int[] hidden, int inputs, int outputs)
    {
        Module Create(int from, int to) => MlpFactory.Create(from, to, new ModelConfig { Hidden = hidden }, new Philox(0));
        long[][] shapes = [.. Create(inputs, outputs).StateDict().Select(pair => pair.Value.Shape.ToArray().Select(length => (long)length).ToArray())];
        Assert.Equal((inputs, outputs), WeightSizes.Of(Create, shapes));
        Assert.Equal((inputs, outputs), WeightSizes.Of(Create, shapes.Reverse()));
    }

    [Fact]
    public void Channels_of_a_convolution_are_inputs()
    {
        Module Create(int from, int to) => new Sequential(
            new Conv2d(from, 4, 3, bias: false), new BatchNorm2d(4), new ReLU(), new Conv2d(4, 4, 3, bias: false), new GlobalAvgPool2d(), new Linear(4, to));
        long[][] shapes = [.. Create(3, 4).StateDict().Select(pair => pair.Value.Shape.ToArray().Select(length => (long)length).ToArray())];
        Assert.Equal((3, 4), WeightSizes.Of(Create, shapes.Reverse()));
    }

    [Fact]
    public void Of_another_model_what_there_is_to_be_said_is_taken_and_1_for_the_rest()
    {
        Module Create(int from, int to) => MlpFactory.Create(from, to, new ModelConfig { Hidden = [5] }, new Philox(0));
        Assert.Equal((7, 1), WeightSizes.Of(Create, [[5, 7], [9, 9, 9]]));
        Assert.Equal((1, 1), WeightSizes.Of(Create, []));
    }
}
