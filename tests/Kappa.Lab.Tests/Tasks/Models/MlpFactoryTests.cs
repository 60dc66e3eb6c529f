namespace Kappa.Lab.Tests.Tasks.Models;

public class MlpFactoryTests
{
    [Fact]
    public void The_network_has_the_widths_of_the_config()
    {
        var network = MlpFactory.Create(3, 2, new ModelConfig { Hidden = [5, 7] }, new Philox(1));
        Assert.Equal(
            ["0.weight [5, 3]", "0.bias [5]", "2.weight [7, 5]", "2.bias [7]", "4.weight [2, 7]", "4.bias [2]"],
            network.Parameters().Select(parameter => $"{parameter.Name} {parameter.Tensor.Shape}"));
    }

    [Theory]
    [InlineData("relu", 0.0)]
    [InlineData("tanh", -0.7615941559557649)]
    [InlineData("gelu", -0.15865525393145707)]
    [InlineData("silu", -0.2689414213699951)]
    [InlineData("identity", -1.0)]
    public void The_activation_is_the_one_that_is_named(string name, double atMinusOne)
    {
        var network = MlpFactory.Create(1, 1, new ModelConfig { Hidden = [1], Activation = name, Bias = false }, new Philox(1));
        foreach (var parameter in network.Parameters())
            parameter.Tensor.Values<float>().Fill(1);
        Assert.Equal(atMinusOne, network.Forward(Tensor.From([-1f], [1, 1])).ToDouble(), 1e-6);
    }

    [Fact]
    public void A_model_without_hidden_layers_is_one_linear_layer_and_bias_can_be_left_out()
    {
        var network = MlpFactory.Create(3, 2, new ModelConfig { Hidden = [], Bias = false }, new Philox(1));
        var only = Assert.Single(network.Parameters());
        Assert.Equal("0.weight", only.Name);
    }

    [Fact]
    public void The_initialiser_is_the_one_that_is_named()
    {
        var orthogonal = MlpFactory.Create(4, 4, new ModelConfig { Hidden = [], Initializer = "orthogonal" }, new Philox(1)).Parameters()[0].Tensor;
        var product = orthogonal.MatMul(orthogonal, transposeB: true);
        for (int i = 0; i < 16; i++)
            Assert.Equal(i % 5 == 0 ? 1 : 0, product.Values<float>()[i], 1e-5);

        // Kaiming with fan-in 4000: standard deviation sqrt(2 / 4000); Xavier: uniform in +-sqrt(6 / 4001); default: +-1 / sqrt(4000).
        Assert.Equal(Math.Sqrt(2 / 4000.0), RootMeanSquare("kaiming"), 1e-3);
        Assert.Equal(Math.Sqrt(2 / 4001.0), RootMeanSquare("xavier"), 1e-3);
        Assert.Equal(Math.Sqrt(1 / 12000.0), RootMeanSquare("default"), 1e-3);

        static double RootMeanSquare(string name)
        {
            var weight = MlpFactory.Create(4000, 1, new ModelConfig { Hidden = [], Initializer = name }, new Philox(1)).Parameters()[0].Tensor;
            return Math.Sqrt(weight.Square().Mean().ToDouble());
        }
    }

    [Fact]
    public void The_same_generator_gives_the_same_network_and_another_another()
    {
        var config = new ModelConfig { Hidden = [8] };
        float[] First(ulong seed) => MlpFactory.Create(3, 2, config, new Philox(seed)).Parameters()[0].Tensor.ToArray<float>();
        Assert.Equal(First(5), First(5));
        Assert.NotEqual(First(5), First(6));
    }

    [Fact]
    public void Wrong_fields_are_named_with_the_nearest_valid_value()
    {
        AssertError("model.activation: unknown value \"rleu\"; did you mean \"relu\"?", new ModelConfig { Activation = "rleu" });
        AssertError("model.activation: unknown value \"rleu\"", new ModelConfig { Activation = "rleu", Hidden = [] });
        AssertError("model.initializer: unknown value \"kaimin\"; did you mean \"kaiming\"?", new ModelConfig { Initializer = "kaimin" });
        AssertError("model.hidden[1]: expected an integer from 1 to 1048576; got 0", new ModelConfig { Hidden = [4, 0] });

        static void AssertError(string message, ModelConfig config) =>
            Assert.StartsWith(message, Assert.Throws<ConfigException>(() => MlpFactory.Create(3, 2, config, new Philox(1))).Message, StringComparison.Ordinal);
    }
}
