import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { idOfArn } from '../names.ts';
import { type PartReader, pages, tagsOf } from './part.ts';

/** What the descriptions of their own service show without tags. */
const TYPES = ['dynamodb:table', 'elasticache', 'elasticloadbalancing:loadbalancer', 'lambda:function', 'sqs'];

/** The tags of functions, tables, queues, balancers and caches, all through one API. */
export const tags: PartReader = {
  name: 'tags',
  api: 'tag:GetResources',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (PaginationToken) => {
      const page = await read.tagging.send(new GetResourcesCommand({ ResourceTypeFilters: TYPES, ResourcesPerPage: 100, PaginationToken }), { abortSignal });
      return { items: page.ResourceTagMappingList, token: page.PaginationToken };
    });
    const of = new Map<string, Readonly<Record<string, string>>>();
    for (const { ResourceARN = '', Tags } of found) {
      const plain = idOfArn(ResourceARN);
      if (plain !== null) of.set(naming.id(plain), tagsOf(Tags));
    }
    return { resources: [], tags: of };
  },
};
