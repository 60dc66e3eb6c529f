// Some tests count the tensors of libtorch that the whole process holds.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
