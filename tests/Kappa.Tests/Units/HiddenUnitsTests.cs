using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Units;

namespace Kappa.Tests.Units;

public sealed class HiddenUnitsTests
{
    [Fact]
    public void In_a_chain_each_layer_but_the_last_makes_the_units_that_the_next_one_reads()
    {
        var units = HiddenUnits.Of(new Sequential(new Linear(3, 8), new ReLU(), new LayerNorm(8), new Linear(8, 6), new GELU(), new Linear(6, 2)));
        Assert.Equal(["0.weight", "3.weight"], units.Layers.Select(layer => layer.Incoming.Name));
        Assert.Equal(["0.bias", "3.bias"], units.Layers.Select(layer => layer.Bias!.Value.Name));
        Assert.Equal([["3.weight"], ["5.weight"]], units.Layers.Select(layer => layer.Outgoing.Select(outgoing => outgoing.Weight.Name)));
        Assert.Equal(Enumerable.Range(0, 8), units.Layers[0].Outgoing[0].UnitOfInput);
        var last = Assert.Single(units.LeftAlone);
        Assert.Equal(("5", 2, "it is an output of the network"), (last.Path, last.Count, last.Reason));
    }

    [Fact]
    public void A_channel_is_followed_through_pooling_and_flattening_without_the_size_of_the_picture()
    {
        var units = HiddenUnits.Of(new Sequential(new Conv2d(1, 4, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(4 * 9, 5)));
        var layer = Assert.Single(units.Layers);
        Assert.Equal(4, layer.Units);
        Assert.Equal(Enumerable.Range(0, 36).Select(input => input / 9), layer.Outgoing[0].UnitOfInput);
    }

    [Fact]
    public void A_picture_that_is_not_square_has_to_be_given()
    {
        var model = new Sequential(new Conv2d(1, 2, 1), new Flatten(), new Linear(2 * 3, 2));
        Assert.Contains("inputShape, such as [1, 32, 32]", Assert.Throws<ArgumentException>(() => HiddenUnits.Of(model)).Message, StringComparison.Ordinal);
        Assert.Equal([0, 0, 0, 1, 1, 1], Assert.Single(HiddenUnits.Of(model, [1, 1, 3]).Layers).Outgoing[0].UnitOfInput);
    }

    [Fact]
    public void CReLU_gives_each_unit_two_inputs()
    {
        var units = HiddenUnits.Of(new Sequential(new Linear(3, 2), new CReLU(), new Linear(4, 1)));
        Assert.Equal([0, 1, 0, 1], Assert.Single(units.Layers).Outgoing[0].UnitOfInput);
    }

    [Fact]
    public void In_a_transformer_the_units_of_the_perceptrons_are_found_and_the_stream_and_the_attention_are_left_alone()
    {
        var units = HiddenUnits.Of(new Transformer(new TransformerOptions { VocabularySize = 11, ContextLength = 8, Width = 8, Heads = 2, Layers = 2 }));
        Assert.Equal(["block0.mlp.up", "block1.mlp.up"], units.Layers.Select(layer => layer.Path));
        Assert.Equal(["block0.mlp.down.weight", "block1.mlp.down.weight"], units.Layers.Select(layer => Assert.Single(layer.Outgoing).Weight.Name));
        Assert.Contains(units.LeftAlone, layer => layer.Path == "block1.mlp.down");
        Assert.Contains(units.LeftAlone, layer => layer.Path.StartsWith("block0.attention", StringComparison.Ordinal)
            && layer.Reason.Contains("does not keep units apart", StringComparison.Ordinal));
    }

    [Fact]
    public void In_a_residual_network_the_inner_channels_of_each_block_are_found_and_the_stream_is_left_alone()
    {
        var units = HiddenUnits.Of(new ResNet18(2, 4, width: 4));
        Assert.Equal(8, units.Layers.Count);
        Assert.All(units.Layers,
            layer => Assert.Equal(layer.Path.Replace("conv1", "conv2.weight", StringComparison.Ordinal), Assert.Single(layer.Outgoing).Weight.Name));
        Assert.Contains(units.LeftAlone, layer => layer.Path == "layer1.0.conv2" && layer.Reason.Contains("joined with others", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_readers_are_both_found_and_a_gate_joins_what_it_multiplies()
    {
        var two = Assert.Single(HiddenUnits.Of(new Branches(gated: false)).Layers);
        Assert.Equal(["left.weight", "right.weight"], two.Outgoing.Select(outgoing => outgoing.Weight.Name).Order());
        var gated = HiddenUnits.Of(new Branches(gated: true));
        Assert.Empty(gated.Layers);
        Assert.Contains("of left, right", gated.LeftAlone.First(layer => layer.Path == "left").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_followed_says_why()
    {
        static string Reason(Module model, string path) => HiddenUnits.Of(model).LeftAlone.First(layer => layer.Path == path).Reason;
        Assert.Contains("joined with others", Reason(new Sequential(new Linear(4, 4), new MaxMin(), new Linear(4, 2)), "0"), StringComparison.Ordinal);
        Assert.Contains(
            "in groups", Reason(new Sequential(new Linear(2, 4), new View([4, 1, 1]), new Conv2d(4, 4, 1, groups: 2), new Flatten(), new Linear(4, 1)), "0"),
            StringComparison.Ordinal);
        var shared = new Linear(3, 3);
        Assert.Contains("used more than once", Reason(new Sequential(shared, new ReLU(), shared, new ReLU(), new Linear(3, 1)), "0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorded_graph_lists_the_operations_with_their_shapes_in_order()
    {
        var model = new Sequential(("up", new Linear(3, 8)), ("act", new ReLU()), ("down", new Linear(8, 2)));
        using var input = Tensor.Normal([5, 3], new Philox(1));
        using var graph = RecordedGraph.Of(model, input);
        Assert.Equal(["Linear+Relu", "Linear"], graph.Operations.Select(operation => operation.Name));
        Assert.Equal([5, 8], graph.Operations[0].Output.Shape);
        Assert.Equal(["up.weight", "up.bias"], graph.Operations[0].Inputs.Skip(1).Select(graph.NameOf));
        Assert.Same(graph.Operations[0].Output, graph.Operations[1].Inputs[0]);
        Assert.Same(graph.Output, graph.Operations[1].Output);
    }

    private sealed class View(int[] shape) : Module
    {
        protected override Tensor ForwardCore(Tensor input) => input.Reshape([input.Shape[0], .. shape]);
    }

    private sealed class Branches : Module
    {
        private readonly Linear _first, _left, _right, _last;
        private readonly bool _gated;

        public Branches(bool gated)
        {
            _gated = gated;
            _first = RegisterModule("first", new Linear(3, 4));
            _left = RegisterModule("left", new Linear(gated ? 3 : 4, 4));
            _right = RegisterModule("right", new Linear(gated ? 3 : 4, 4));
            _last = RegisterModule("last", new Linear(4, 2));
        }

        protected override Tensor ForwardCore(Tensor input)
        {
            var x = _gated ? input : _first.Forward(input).Tanh();
            var y = _left.Forward(x).Sigmoid() * _right.Forward(x);
            return _gated ? _last.Forward(y) : y;
        }
    }
}
