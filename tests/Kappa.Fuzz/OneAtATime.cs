// What an input allocates is counted for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
