using System.Runtime.InteropServices;
using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Checkpoints;

public sealed class StateDictFileTests
{
    [Fact]
    public void Every_element_type_and_shape_comes_back_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        var generator = new Philox(1);
        var state = new StateDict
        {
            { "matrix", Tensor.Normal([3, 5], generator) },
            { "exact", Tensor.Normal([2, 2, 2], generator, type: DataType.Float64) },
            { "indices", Tensor.From(1, -2, int.MaxValue) },
            { "scalar", Tensor.Scalar(2.5) },
            { "empty", Tensor.Zeros([0, 4]) },
            { "odd", Tensor.From(float.NaN, float.PositiveInfinity, -0f, float.Epsilon) },
        };
        state.Save(path);
        StateDict loaded;
        using (var scope = TensorScope.Begin())
            loaded = StateDict.Load(path);
        Assert.Equal(state.Names.Order(), loaded.Names.Order());
        foreach (var (name, tensor) in state)
        {
            Assert.Equal(tensor.Shape, loaded[name].Shape);
            Assert.Equal(tensor.DataType, loaded[name].DataType);
            Assert.Equal(tensor.Bytes, loaded[name].Bytes);
        }
    }

    [Fact]
    public void A_model_saved_and_loaded_computes_the_same()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2));
        var twin = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2));
        _ = model.Initialize(new Philox(1));
        _ = twin.Initialize(new Philox(2));
        model.StateDict().Save(folder.File("m.safetensors"));
        twin.LoadStateDict(StateDict.Load(folder.File("m.safetensors")));
        var x = Tensor.Normal([5, 3], new Philox(3));
        Assert.Equal(model.Forward(x).ToArray<float>(), twin.Forward(x).ToArray<float>());
    }

    [Fact]
    public void Half_precision_becomes_float32_exactly()
    {
        using var folder = new TemporaryFolder();
        ushort[] bfloat = [0x3F80, 0xC040, 0x0001, 0x7F80, 0x8000, 0x7FC0];
        Half[] half = [(Half)1, (Half)(-3), Half.Epsilon, Half.PositiveInfinity, Half.NegativeZero, Half.NaN];
        SafeTensorsFile.Write(folder.File("h.safetensors"),
        [
            new SafeTensorsEntry("b", SafeTensorsType.BF16, [2, 3], MemoryMarshal.AsBytes(bfloat.AsSpan()).ToArray()),
            SafeTensorsEntry.Create<Half>("h", [6], half),
        ]);
        var loaded = StateDict.Load(folder.File("h.safetensors"));
        Assert.Equal([1f, -3f, BitConverter.Int32BitsToSingle(0x10000), float.PositiveInfinity, -0f, float.NaN], loaded["b"].ToArray<float>());
        Assert.Equal(new Shape(2, 3), loaded["b"].Shape);
        Assert.Equal([1f, -3f, 1f / (1 << 24), float.PositiveInfinity, -0f, float.NaN], loaded["h"].ToArray<float>());
    }

    [Fact]
    public void Types_and_shapes_that_no_tensor_has_are_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("x.safetensors");
        SafeTensorsFile.Write(path, [SafeTensorsEntry.Create<short>("ids", [2], new short[] { 1, 2 })]);
        Assert.Equal($"{path}: tensor \"ids\": expected a tensor of F32, F64, I32, I64, F16 or BF16, got I16; convert it before loading.",
            Assert.Throws<SafeTensorsException>(() => StateDict.Load(path)).Message);
        SafeTensorsFile.Write(path, [SafeTensorsEntry.Create<float>("deep", [1, 1, 1, 1, 1, 1, 1, 1, 1], new float[1])]);
        Assert.Contains("tensor \"deep\": expected at most 8 axes", Assert.Throws<SafeTensorsException>(() => StateDict.Load(path)).Message);
        SafeTensorsFile.Write(path, [SafeTensorsEntry.Create<float>("long", [0, 1L << 40], Array.Empty<float>())]);
        Assert.Contains("tensor \"long\": expected at most 8 axes of at most 2147483647, got [0, 1099511627776]",
            Assert.Throws<SafeTensorsException>(() => StateDict.Load(path)).Message);
    }
}
