using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Memory;

namespace Kappa.Tests.Tensors;

public sealed class MemoryTests
{
    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Storage_is_aligned_and_stays_where_it_is(DataType type)
    {
        var tensors = Enumerable.Range(0, 200).Select(count => Tensor.Full([count], count, type)).ToList();
        var addresses = tensors.Select(Address).ToList();
        Assert.All(addresses, address => Assert.Equal(0, address % 64));
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.Equal(addresses, tensors.Select(Address));
        for (int count = 0; count < tensors.Count; count++)
            Assert.All(tensors[count].To(DataType.Float64).ToArray<double>(), value => Assert.Equal(count, value));
    }

    [Fact]
    public void Every_size_class_holds_its_bytes_and_wastes_at_most_a_quarter()
    {
        for (long bytes = 0; bytes < 100_000; bytes += 1 + (bytes / 50))
        {
            var storage = StoragePool.Rent(bytes);
            Assert.True(storage.Capacity >= bytes);
            Assert.True(storage.Capacity <= Math.Max(64, bytes * 5 / 4), $"{bytes} bytes take {storage.Capacity}");
            storage.Release();
            var again = StoragePool.Rent(storage.Capacity);
            Assert.Same(storage, again);
            again.Release();
        }
    }

    [Fact]
    public void A_training_step_in_steady_state_takes_no_tensor_memory()
    {
        OnFreshThread(() =>
        {
            var training = new Training(DataType.Float32);
            for (int step = 0; step < 3; step++)
                _ = training.Step();
            long allocated = StoragePool.AllocatedBytes;
            Assert.True(allocated > 0);
            for (int step = 0; step < 1000; step++)
                _ = training.Step();
            Assert.Equal(allocated, StoragePool.AllocatedBytes);
        });
    }

    [Fact]
    public void Every_operation_gives_back_what_it_took()
    {
        OnFreshThread(() =>
        {
            void Step(Derivatives.DerivativeCase entry, double[][] values)
            {
                using var scope = TensorScope.Begin();
                var inputs = entry.Inputs(values, DataType.Float32, _ => true);
                var output = entry.Apply(inputs);
                output.Backward(Tensor.Ones(output.Shape));
                foreach (var input in inputs)
                {
                    // Parameters belong to no scope.
                    input.Gradient!.Dispose();
                    input.Dispose();
                }
            }

            foreach (var entry in Derivatives.DerivativeCases.All)
            {
                double[][] values = entry.DrawInputs(0);
                Step(entry, values);
                long allocated = StoragePool.AllocatedBytes;
                Step(entry, values);
                Assert.True(allocated == StoragePool.AllocatedBytes, $"{entry.Name} took {StoragePool.AllocatedBytes - allocated} bytes again");
            }
        });
    }

    [Fact]
    public void Forgetting_the_scope_is_not_a_leak()
    {
        OnFreshThread(() =>
        {
            var training = new Training(DataType.Float32) { UsesScope = false };
            var losses = Enumerable.Range(0, 300).Select(_ => StepOutOfSight(training)).ToList();
            GC.Collect();
            Assert.InRange(losses.Count(loss => loss.IsAlive), 0, 1);
        });

        // The loss leads to every tensor of its step, so where it is gone the step is gone. A method of its own, so that no local keeps it.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference StepOutOfSight(Training training) => new(training.Step().Storage);
    }

    [Fact]
    public void Small_objects_of_past_steps_do_not_pile_up()
    {
        // Weak references are the measure, since other tests move the size of the heap: theirs can only collect more.
        OnFreshThread(() =>
        {
            var training = new Training(DataType.Float32);
            var losses = new List<WeakReference>();
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (GC.GetAllocatedBytesForCurrentThread() - before < 4 * YoungGarbage.Limit)
                losses.Add(StepOutOfSight(training));
            Assert.InRange(losses.Count(loss => loss.IsAlive), 0, losses.Count / 2);
        });

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference StepOutOfSight(Training training) => new(training.Step());
    }

    [Fact]
    public void Blocks_released_on_another_thread_go_home_instead_of_piling_up()
    {
        using var queue = new BlockingCollection<Tensor>(boundedCapacity: 4);
        long taken = 0;
        var producer = new Thread(() =>
        {
            for (int i = 0; i < 2000; i++)
                queue.Add(Tensor.Ones([1000]));
            queue.CompleteAdding();
            taken = StoragePool.AllocatedBytes;
        });
        producer.Start();
        foreach (var tensor in queue.GetConsumingEnumerable())
        {
            Assert.Equal(1, tensor.Values<float>()[999]);
            tensor.Dispose();
        }

        producer.Join();
        // At most four in the queue, one in each hand, and one on its way: not two thousand.
        Assert.InRange(taken, 4096, 10 * 4096);
    }

    [Fact]
    public void Two_threads_releasing_into_one_pool_lose_and_duplicate_nothing()
    {
        OnFreshThread(() =>
        {
            for (int round = 0; round < 50; round++)
            {
                var tensors = Enumerable.Range(0, 200).Select(i => Tensor.Full([16], i)).ToArray();
                Parallel.ForEach(tensors, new ParallelOptions { MaxDegreeOfParallelism = 3 }, tensor => tensor.Dispose());
                var again = Enumerable.Range(0, 200).Select(i => Tensor.Full([16], -i)).ToArray();
                Assert.Equal(200, again.Select(Address).Distinct().Count());
                for (int i = 0; i < 200; i++)
                    Assert.Equal(-i, again[i].Values<float>()[15]);
                foreach (var tensor in again)
                    tensor.Dispose();
            }

            Assert.InRange(StoragePool.AllocatedBytes, 200 * 64, 400 * 64);
        });
    }

    private static unsafe long Address(Tensor tensor) => (long)tensor.Pointer<byte>();

    /// <summary>Runs on a thread of its own, whose pool is empty and which no other test uses.</summary>
    private static void OnFreshThread(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(error);
    }

    private sealed class Training
    {
        private readonly Sequential _model;
        private readonly Tensor _x;
        private readonly Tensor _y;
        private readonly Tensor _labels;

        internal Training(DataType type)
        {
            var generator = new Philox(1);
            _model = new Sequential(new Linear(17, 64, type: type), new ReLU(), new Linear(64, 64, type: type), new GELU(), new Linear(64, 6, type: type));
            _x = Tensor.Normal([64, 17], generator, type: type);
            _y = Tensor.Normal([64, 6], generator, type: type);
            _labels = Tensor.From([.. Enumerable.Range(0, 64).Select(i => i % 6)]);
        }

        internal bool UsesScope { get; init; } = true;

        internal Tensor Step()
        {
            using var scope = UsesScope ? TensorScope.Begin() : null;
            var output = _model.Forward(_x);
            var loss = Loss.MeanSquaredError(output, _y) + Loss.CrossEntropy(output, _labels) + (0.01 * output.Softmax().Max(1).Mean());
            loss.Backward();
            foreach (var (_, tensor) in _model.Parameters())
            {
                tensor.CopyFromInPlace(tensor.Detach() - (0.01 * tensor.Gradient!));
                tensor.ZeroGrad();
            }

            return loss;
        }
    }
}
