using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Checkpoints;

/// <summary>Tensors of 64-bit integers, such as the counter of batches that PyTorch keeps beside running statistics.</summary>
public sealed class IntegerStateTests
{
    [Fact]
    public void Long_integers_are_written_and_read_exactly()
    {
        using var folder = new TemporaryFolder();
        long[] values = [long.MinValue, -1, 0, 1, (1L << 53) + 1, long.MaxValue];
        var state = new StateDict();
        state.Add("counts", Tensor.From(values, [2, 3]));
        state.Add("scalar", Tensor.Scalar(1L << 40, DataType.Int64));
        state.Save(folder.File("i.safetensors"));
        Assert.Equal(SafeTensorsType.I64, SafeTensorsFile.Read(folder.File("i.safetensors"))["counts"].Type);
        var loaded = StateDict.Load(folder.File("i.safetensors"));
        Assert.Equal(values, loaded["counts"].ToArray<long>());
        Assert.Equal(new Shape(2, 3), loaded["counts"].Shape);
        Assert.Equal(0, loaded["scalar"].Rank);
        Assert.Equal(1L << 40, loaded["scalar"].Values<long>()[0]);
    }

    [Fact]
    public void A_state_of_PyTorch_with_batch_normalisation_loads_and_goes_back_as_it_came()
    {
        using var folder = new TemporaryFolder();
        float[] numbers = [0.5f, 2, -1];
        SafeTensorsEntry[] entries =
        [
            SafeTensorsEntry.Create<float>("0.weight", [3, 2], new float[] { 1, 2, 3, 4, 5, 6 }),
            SafeTensorsEntry.Create<float>("0.bias", [3], numbers),
            SafeTensorsEntry.Create<float>("1.weight", [3], numbers),
            SafeTensorsEntry.Create<float>("1.bias", [3], numbers),
            SafeTensorsEntry.Create<float>("1.running_mean", [3], numbers),
            SafeTensorsEntry.Create<float>("1.running_var", [3], numbers),
            SafeTensorsEntry.Create<long>("1.num_batches_tracked", [], new[] { (1L << 33) + 7 }),
        ];
        SafeTensorsFile.Write(folder.File("torch.safetensors"), entries);
        var model = new Sequential(new Linear(2, 3), new BatchNorm1d(3));
        model.LoadStateDict(StateDict.Load(folder.File("torch.safetensors")));
        var norm = (BatchNorm1d)model.Children[1].Module;
        Assert.Equal((1L << 33) + 7, norm.BatchesTracked);
        model.StateDict().Save(folder.File("ours.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("torch.safetensors")), File.ReadAllBytes(folder.File("ours.safetensors")));
        _ = model.Forward(Tensor.Normal([4, 2], new Philox(1)));
        model.Eval();
        _ = model.Forward(Tensor.Normal([4, 2], new Philox(1)));
        Assert.Equal((1L << 33) + 8, norm.BatchesTracked);
    }

    [Fact]
    public void A_state_without_the_counter_leaves_it_as_it_is_and_one_of_another_type_is_refused()
    {
        var state = new StateDict();
        foreach (var (name, tensor) in new BatchNorm1d(3).StateDict().Where(entry => entry.Key != "num_batches_tracked"))
            state.Add(name, tensor);
        var norm = new BatchNorm1d(3);
        _ = norm.Forward(Tensor.Normal([4, 3], new Philox(1)));
        norm.LoadStateDict(state);
        Assert.Equal(1, norm.BatchesTracked);
        state.Add("num_batches_tracked", Tensor.Zeros([], DataType.Int32));
        Assert.Contains("num_batches_tracked (expected [] Int64, got [] Int32)", Assert.Throws<StateMismatchException>(() => norm.LoadStateDict(state)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SafeTensorsType.BOOL, 1)]
    [InlineData(SafeTensorsType.U8, 1)]
    [InlineData(SafeTensorsType.I8, 1)]
    [InlineData(SafeTensorsType.I16, 2)]
    [InlineData(SafeTensorsType.U16, 2)]
    [InlineData(SafeTensorsType.U32, 4)]
    [InlineData(SafeTensorsType.U64, 8)]
    [InlineData(SafeTensorsType.F8_E5M2, 1)]
    [InlineData(SafeTensorsType.F8_E4M3, 1)]
    public void A_type_that_no_tensor_has_is_refused_with_its_name_and_those_that_can_be_read(SafeTensorsType type, int size)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("x.safetensors");
        SafeTensorsFile.Write(path, [new SafeTensorsEntry("mask", type, [1], new byte[size])]);
        Assert.Equal(
            $"{path}: tensor \"mask\": expected a tensor of F32, F64, I32, I64, F16 or BF16, got {type}; convert it before loading.",
            Assert.Throws<SafeTensorsException>(() => StateDict.Load(path)).Message);
    }

    [Fact]
    public void Long_integers_convert_and_no_operation_takes_them()
    {
        var counts = Tensor.From(3L, -4L);
        Assert.Equal([3.0, -4.0], counts.To(DataType.Float64).ToArray<double>());
        Assert.Equal([3, -4], counts.To(DataType.Int32).ToArray<int>());
        Assert.Equal([2L, -1L], Tensor.From(2.9, -1.9).To(DataType.Int64).ToArray<long>());
        Assert.Equal([5L, 5L], Tensor.Full([2], 5, DataType.Int64).ToArray<long>());
        Assert.Equal([-4L], counts.Slice(0, 1, 1).ToArray<long>());
        Assert.Equal([3L, -4L], counts.Reshape([2, 1]).Clone().ToArray<long>());
        _ = Assert.Throws<TensorShapeException>(() => counts + counts);
        _ = Assert.Throws<TensorShapeException>(() => counts.Sum());
        _ = Assert.Throws<TensorShapeException>(() => counts.RequiresGradient = true);
        _ = Assert.Throws<TensorShapeException>(() => Tensor.Normal([2], new Philox(1), type: DataType.Int64));
        _ = Assert.Throws<TensorShapeException>(() => Tensor.Ones([2, 2]).Gather(Tensor.From(0L, 1L)));
        _ = Assert.Throws<OverflowException>(() => Tensor.From(1L << 40).To(DataType.Int32));
    }
}
